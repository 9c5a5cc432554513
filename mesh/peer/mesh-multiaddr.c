/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "peer/mesh-multiaddr.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

#include "peer/mesh-multiaddr-codec-private.h"

typedef struct
{
  MeshMultiaddrProtocol protocol;
  guint16 offset; /* of the whole component */
  guint16 value;  /* of its value */
  guint16 len;    /* of its value */
} Component;

struct MeshMultiaddr
{
  gatomicrefcount ref_count;
  GBytes *bytes; /* (owned) */
  char *text;    /* (owned) */
  guint n_components;
  Component components[MESH_MULTIADDR_MAX_COMPONENTS];
};

MeshMultiaddr *
mesh_multiaddr_ref (MeshMultiaddr *addr)
{
  g_atomic_ref_count_inc (&addr->ref_count);
  return addr;
}

void
mesh_multiaddr_unref (MeshMultiaddr *addr)
{
  if (!g_atomic_ref_count_dec (&addr->ref_count))
    return;
  g_clear_pointer (&addr->bytes, g_bytes_unref);
  g_free (addr->text);
  g_free (addr);
}

static gboolean
set_malformed (const char *what, GError **error)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "Malformed multiaddr: %s", what);
  return FALSE;
}

static gboolean
read_component (MeshMultiaddr *addr,
                const guint8 *start,
                MeshCursor *cursor,
                GString *text,
                GError **error)
{
  Component *component = &addr->components[addr->n_components];
  const MeshMultiaddrCodec *codec;
  const guint8 *value = cursor->data;
  g_autofree char *printed = NULL;
  guint64 code;
  gsize len = 0;

  component->offset = (guint16) (cursor->data - start);
  if (!mesh_cursor_read_varint (cursor, &code))
    return set_malformed ("a protocol code is cut off", error);
  codec = mesh_multiaddr_codec_find (code);
  if (codec == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED,
                   "Multiaddr protocol 0x%" G_GINT64_MODIFIER "x is unknown", code);
      return FALSE;
    }
  if (codec->value == MESH_MULTIADDR_VALUE_FIXED)
    {
      len = codec->n_bytes;
      if (!mesh_cursor_read_bytes (cursor, len, &value))
        return set_malformed ("a value is cut off", error);
    }
  else if (codec->value != MESH_MULTIADDR_VALUE_NONE
           && !mesh_cursor_read_prefixed (cursor, &value, &len))
    return set_malformed ("a value is cut off", error);
  g_string_append_printf (text, "/%s", codec->name);
  if (codec->value != MESH_MULTIADDR_VALUE_NONE)
    {
      printed = codec->print (value, len);
      if (printed == NULL)
        return set_malformed (codec->name, error);
      g_string_append_printf (
          text, "%s%s", codec->value == MESH_MULTIADDR_VALUE_PATH ? "" : "/", printed);
    }
  /* In text a path swallows the rest, so nothing may follow it. */
  if (codec->value == MESH_MULTIADDR_VALUE_PATH && cursor->len > 0)
    return set_malformed ("something follows a path", error);
  component->protocol = codec->protocol;
  component->value = codec->value == MESH_MULTIADDR_VALUE_NONE
                         ? (guint16) (cursor->data - start)
                         : (guint16) (value - start);
  component->len = (guint16) len;
  addr->n_components++;
  return TRUE;
}

MeshMultiaddr *
mesh_multiaddr_from_bytes (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshMultiaddr) addr = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  MeshCursor cursor = mesh_cursor_init (data, len);

  if (len == 0)
    {
      set_malformed ("it is empty", error);
      return NULL;
    }
  if (len > MESH_MULTIADDR_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "A multiaddr of %" G_GSIZE_FORMAT " bytes is too long", len);
      return NULL;
    }
  addr = g_new0 (MeshMultiaddr, 1);
  g_atomic_ref_count_init (&addr->ref_count);
  while (cursor.len > 0)
    {
      if (addr->n_components == MESH_MULTIADDR_MAX_COMPONENTS)
        {
          g_set_error_literal (error, MESH_ERROR, MESH_ERROR_LIMIT,
                               "The multiaddr has too many components");
          return NULL;
        }
      if (!read_component (addr, data, &cursor, text, error))
        return NULL;
    }
  addr->bytes = g_bytes_new (data, len);
  addr->text = g_string_free (g_steal_pointer (&text), FALSE);
  return g_steal_pointer (&addr);
}

/* Appends the component that @text begins with; returns what follows it, or NULL. */
static const char *
parse_component (const char *text, GByteArray *bytes, GError **error)
{
  gsize len = strcspn (text, "/");
  const MeshMultiaddrCodec *codec = mesh_multiaddr_codec_find_name (text, len);
  g_autoptr (GByteArray) value = g_byte_array_new ();
  g_autofree char *word = NULL;

  if (codec == NULL)
    {
      g_set_error (error, MESH_ERROR,
                   len == 0 ? MESH_ERROR_INVALID : MESH_ERROR_UNSUPPORTED,
                   "Multiaddr protocol “%.*s” is unknown", (int) MIN (len, 40), text);
      return NULL;
    }
  text += len;
  mesh_varint_append (bytes, codec->protocol);
  if (codec->value == MESH_MULTIADDR_VALUE_NONE)
    return text;
  if (codec->value == MESH_MULTIADDR_VALUE_PATH)
    word = g_strdup (text);
  else if (*text == '/')
    word = g_strndup (text + 1, strcspn (text + 1, "/"));
  if (word == NULL || *word == '\0' || !codec->parse (word, value))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%.80s” is not a value of /%s in a multiaddr",
                   word != NULL ? word : "", codec->name);
      return NULL;
    }
  if (codec->value != MESH_MULTIADDR_VALUE_FIXED)
    mesh_varint_append (bytes, value->len);
  g_byte_array_append (bytes, value->data, value->len);
  return codec->value == MESH_MULTIADDR_VALUE_PATH ? text + strlen (text)
                                                   : text + 1 + strlen (word);
}

MeshMultiaddr *
mesh_multiaddr_parse (const char *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (strnlen (text, MESH_MULTIADDR_MAX_CHARS + 1) > MESH_MULTIADDR_MAX_CHARS)
    {
      g_set_error_literal (error, MESH_ERROR, MESH_ERROR_LIMIT,
                           "The text is too long for a multiaddr");
      return NULL;
    }
  if (*text != '/')
    {
      g_set_error (
          error, MESH_ERROR, MESH_ERROR_INVALID,
          "“%.80s” is not a multiaddr: it must look like /ip4/192.0.2.1/tcp/4001", text);
      return NULL;
    }
  while (*text == '/')
    {
      text = parse_component (text + 1, bytes, error);
      if (text == NULL)
        return NULL;
    }
  return mesh_multiaddr_from_bytes (bytes->data, bytes->len, error);
}

MeshMultiaddr *
mesh_multiaddr_new_ip (const guint8 *ip,
                       gsize family_bytes,
                       MeshMultiaddrProtocol protocol,
                       guint16 port)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  guint8 be[2] = { (guint8) (port >> 8), (guint8) port };

  g_return_val_if_fail (family_bytes == 4 || family_bytes == 16, NULL);
  g_return_val_if_fail (protocol == MESH_MULTIADDR_TCP || protocol == MESH_MULTIADDR_UDP,
                        NULL);

  mesh_varint_append (bytes, family_bytes == 4 ? MESH_MULTIADDR_IP4 : MESH_MULTIADDR_IP6);
  g_byte_array_append (bytes, ip, (guint) family_bytes);
  mesh_varint_append (bytes, protocol);
  g_byte_array_append (bytes, be, sizeof be);
  return mesh_multiaddr_from_bytes (bytes->data, bytes->len, NULL);
}

GBytes *
mesh_multiaddr_get_bytes (const MeshMultiaddr *addr)
{
  return addr->bytes;
}

const char *
mesh_multiaddr_to_string (const MeshMultiaddr *addr)
{
  return addr->text;
}

guint
mesh_multiaddr_get_n_components (const MeshMultiaddr *addr)
{
  return addr->n_components;
}

void
mesh_multiaddr_get_component (const MeshMultiaddr *addr,
                              guint index,
                              MeshMultiaddrComponent *component)
{
  const guint8 *data = g_bytes_get_data (addr->bytes, NULL);

  g_return_if_fail (index < addr->n_components);

  component->protocol = addr->components[index].protocol;
  component->data = data + addr->components[index].value;
  component->len = addr->components[index].len;
}

gboolean
mesh_multiaddr_find (const MeshMultiaddr *addr,
                     MeshMultiaddrProtocol protocol,
                     MeshMultiaddrComponent *component)
{
  for (guint i = 0; i < addr->n_components; i++)
    {
      if (addr->components[i].protocol != protocol)
        continue;
      if (component != NULL)
        mesh_multiaddr_get_component (addr, i, component);
      return TRUE;
    }
  return FALSE;
}

/* How many bytes stand before a /p2p at the end: all of them when there is none. */
static gsize
len_without_peer (const MeshMultiaddr *addr)
{
  const Component *last = &addr->components[addr->n_components - 1];

  return last->protocol == MESH_MULTIADDR_P2P ? last->offset
                                              : g_bytes_get_size (addr->bytes);
}

MeshPeerId *
mesh_multiaddr_dup_peer_id (const MeshMultiaddr *addr)
{
  MeshMultiaddrComponent last;

  mesh_multiaddr_get_component (addr, addr->n_components - 1, &last);
  if (last.protocol != MESH_MULTIADDR_P2P)
    return NULL;
  return mesh_peer_id_from_bytes (last.data, last.len, NULL);
}

MeshMultiaddr *
mesh_multiaddr_with_peer_id (const MeshMultiaddr *addr, const MeshPeerId *id)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint8 *data;
  gsize len;

  g_byte_array_append (bytes, g_bytes_get_data (addr->bytes, NULL),
                       (guint) len_without_peer (addr));
  data = mesh_peer_id_get_bytes (id, &len);
  mesh_varint_append (bytes, MESH_MULTIADDR_P2P);
  mesh_varint_append (bytes, len);
  g_byte_array_append (bytes, data, (guint) len);
  return mesh_multiaddr_from_bytes (bytes->data, bytes->len, NULL);
}

MeshMultiaddr *
mesh_multiaddr_without_peer_id (const MeshMultiaddr *addr)
{
  gsize len = len_without_peer (addr);

  if (len == 0)
    return NULL;
  return mesh_multiaddr_from_bytes (g_bytes_get_data (addr->bytes, NULL), len, NULL);
}

guint
mesh_multiaddr_hash (gconstpointer addr)
{
  return g_bytes_hash (((const MeshMultiaddr *) addr)->bytes);
}

gboolean
mesh_multiaddr_equal (gconstpointer a, gconstpointer b)
{
  return g_bytes_equal (((const MeshMultiaddr *) a)->bytes,
                        ((const MeshMultiaddr *) b)->bytes);
}
