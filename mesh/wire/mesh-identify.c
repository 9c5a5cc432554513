/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-identify.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "proto/identify.pb-c.h"

MeshIdentify *
mesh_identify_new (void)
{
  MeshIdentify *identify = g_new0 (MeshIdentify, 1);

  identify->listen_addrs
      = g_ptr_array_new_with_free_func ((GDestroyNotify) mesh_multiaddr_unref);
  identify->protocols = g_ptr_array_new_with_free_func (g_free);
  return identify;
}

void
mesh_identify_free (MeshIdentify *identify)
{
  g_clear_pointer (&identify->public_key, mesh_public_key_unref);
  g_clear_pointer (&identify->listen_addrs, g_ptr_array_unref);
  g_clear_pointer (&identify->protocols, g_ptr_array_unref);
  g_clear_pointer (&identify->observed_addr, mesh_multiaddr_unref);
  g_clear_pointer (&identify->protocol_version, g_free);
  g_clear_pointer (&identify->agent_version, g_free);
  g_clear_pointer (&identify->signed_record, g_bytes_unref);
  g_free (identify);
}

static ProtobufCBinaryData
borrow (GBytes *bytes)
{
  ProtobufCBinaryData data;

  data.data = (guint8 *) g_bytes_get_data (bytes, &data.len);
  return data;
}

static void
append_packed (GByteArray *array, const MeshProto__Identify *message)
{
  gsize len = mesh_proto__identify__get_packed_size (message);
  guint start;

  mesh_varint_append (array, len);
  start = array->len;
  g_byte_array_set_size (array, start + (guint) len);
  mesh_proto__identify__pack (message, array->data + start);
}

GBytes *
mesh_identify_encode (const MeshIdentify *identify)
{
  MeshProto__Identify message = MESH_PROTO__IDENTIFY__INIT;
  g_autofree ProtobufCBinaryData *addrs
      = g_new0 (ProtobufCBinaryData, identify->listen_addrs->len);
  g_autoptr (GByteArray) array = g_byte_array_new ();

  if (identify->public_key != NULL)
    {
      message.has_public_key = TRUE;
      message.public_key = borrow (mesh_public_key_get_bytes (identify->public_key));
    }
  for (guint i = 0; i < identify->listen_addrs->len; i++)
    addrs[i] = borrow (
        mesh_multiaddr_get_bytes (g_ptr_array_index (identify->listen_addrs, i)));
  message.n_listen_addrs = identify->listen_addrs->len;
  message.listen_addrs = addrs;
  message.n_protocols = identify->protocols->len;
  message.protocols = (char **) identify->protocols->pdata;
  if (identify->observed_addr != NULL)
    {
      message.has_observed_addr = TRUE;
      message.observed_addr = borrow (mesh_multiaddr_get_bytes (identify->observed_addr));
    }
  message.protocol_version = identify->protocol_version;
  message.agent_version = identify->agent_version;
  if (identify->signed_record != NULL)
    {
      MeshProto__Identify extra = MESH_PROTO__IDENTIFY__INIT;

      message.has_signed_peer_record = TRUE;
      message.signed_peer_record = borrow (identify->signed_record);
      if (mesh_proto__identify__get_packed_size (&message) > MESH_IDENTIFY_SPLIT_BYTES)
        {
          extra.has_signed_peer_record = TRUE;
          extra.signed_peer_record = message.signed_peer_record;
          message.has_signed_peer_record = FALSE;
          append_packed (array, &message);
          append_packed (array, &extra);
          return g_byte_array_free_to_bytes (g_steal_pointer (&array));
        }
    }
  append_packed (array, &message);
  return g_byte_array_free_to_bytes (g_steal_pointer (&array));
}

/* Text that may be shown and logged. */
static gboolean
is_clean (const char *text, gsize max_len)
{
  gsize len = strlen (text);

  if (len == 0 || len > max_len || !g_utf8_validate (text, (gssize) len, NULL))
    return FALSE;
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    if (g_unichar_iscntrl (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

static void
set_text (char **field, const char *text)
{
  if (text != NULL && is_clean (text, MESH_IDENTIFY_MAX_TEXT_BYTES))
    {
      g_free (*field);
      *field = g_strdup (text);
    }
}

static void
merge_lists (MeshIdentify *identify, const MeshProto__Identify *message)
{
  identify->has_listen_addrs |= message->n_listen_addrs > 0;
  identify->has_protocols |= message->n_protocols > 0;
  for (gsize i = 0; i < message->n_listen_addrs
                    && identify->listen_addrs->len < MESH_IDENTIFY_MAX_ADDRS;
       i++)
    {
      MeshMultiaddr *addr = mesh_multiaddr_from_bytes (
          message->listen_addrs[i].data, message->listen_addrs[i].len, NULL);

      if (addr != NULL)
        g_ptr_array_add (identify->listen_addrs, addr);
    }
  for (gsize i = 0;
       i < message->n_protocols && identify->protocols->len < MESH_IDENTIFY_MAX_PROTOCOLS;
       i++)
    if (is_clean (message->protocols[i], MESH_IDENTIFY_MAX_PROTOCOL_BYTES))
      g_ptr_array_add (identify->protocols, g_strdup (message->protocols[i]));
}

static gboolean
merge (MeshIdentify *identify, const MeshProto__Identify *message, GError **error)
{
  if (message->has_public_key)
    {
      g_clear_pointer (&identify->public_key, mesh_public_key_unref);
      identify->public_key = mesh_public_key_from_bytes (message->public_key.data,
                                                         message->public_key.len, error);
      if (identify->public_key == NULL)
        return FALSE;
    }
  if (message->has_observed_addr && identify->observed_addr == NULL)
    identify->observed_addr = mesh_multiaddr_from_bytes (
        message->observed_addr.data, message->observed_addr.len, NULL);
  if (message->has_signed_peer_record)
    {
      g_clear_pointer (&identify->signed_record, g_bytes_unref);
      identify->signed_record = g_bytes_new (message->signed_peer_record.data,
                                             message->signed_peer_record.len);
    }
  set_text (&identify->protocol_version, message->protocol_version);
  set_text (&identify->agent_version, message->agent_version);
  merge_lists (identify, message);
  return TRUE;
}

static gboolean
read_message (MeshIdentify *identify, MeshCursor *cursor, GError **error)
{
  const guint8 *bytes;
  gsize n;
  MeshProto__Identify *message = NULL;
  gboolean ok;

  if (mesh_cursor_read_prefixed (cursor, &bytes, &n))
    message = mesh_proto__identify__unpack (NULL, n, bytes);
  if (message == NULL)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                           "The peer's identify message is malformed");
      return FALSE;
    }
  ok = merge (identify, message, error);
  mesh_proto__identify__free_unpacked (message, NULL);
  return ok;
}

MeshIdentify *
mesh_identify_decode (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshIdentify) identify = mesh_identify_new ();
  MeshCursor cursor = mesh_cursor_init (data, len);
  guint n_messages = 0;

  do
    {
      if (len > MESH_IDENTIFY_MAX_BYTES || ++n_messages > MESH_IDENTIFY_MAX_MESSAGES)
        {
          g_set_error_literal (error, MESH_ERROR, MESH_ERROR_LIMIT,
                               "The peer says too much about itself");
          return NULL;
        }
      if (!read_message (identify, &cursor, error))
        return NULL;
    }
  while (cursor.len > 0);
  return g_steal_pointer (&identify);
}

gboolean
mesh_identify_is_whole (const guint8 *data, gsize len)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  const guint8 *bytes;
  gsize n;

  while (cursor.len > 0)
    if (!mesh_cursor_read_prefixed (&cursor, &bytes, &n))
      return FALSE;
  return len > 0;
}
