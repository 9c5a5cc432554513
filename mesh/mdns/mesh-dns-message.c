/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "mdns/mesh-dns-message.h"

#include <string.h>

#include "base/mesh-error.h"

#define FLAG_RESPONSE 0x8000
#define FLAG_AUTHORITATIVE 0x0400
#define FLAG_TRUNCATED 0x0200
#define MASK_OPCODE 0x7800
#define MASK_RCODE 0x000f
#define TOP_BIT 0x8000
#define POINTER_BITS 0xc000
#define HEADER_BYTES 12
#define N_SECTIONS 3

static void
clear_record (gpointer data)
{
  g_clear_pointer (&((MeshDnsRecord *) data)->data, g_bytes_unref);
}

MeshDnsMessage *
mesh_dns_message_new (gboolean is_response)
{
  MeshDnsMessage *message = g_new0 (MeshDnsMessage, 1);

  message->is_response = is_response;
  message->questions = g_array_new (FALSE, TRUE, sizeof (MeshDnsQuestion));
  message->records = g_array_new (FALSE, TRUE, sizeof (MeshDnsRecord));
  g_array_set_clear_func (message->records, clear_record);
  return message;
}

void
mesh_dns_message_free (MeshDnsMessage *message)
{
  g_array_unref (message->questions);
  g_array_unref (message->records);
  g_free (message);
}

void
mesh_dns_message_add_question (MeshDnsMessage *message,
                               const MeshDnsName *name,
                               MeshDnsType type)
{
  MeshDnsQuestion question
      = { .name = *name, .type = (guint16) type, .klass = MESH_DNS_CLASS_IN };

  g_array_append_val (message->questions, question);
}

void
mesh_dns_message_add_ptr (MeshDnsMessage *message,
                          MeshDnsSection section,
                          const MeshDnsName *name,
                          guint32 ttl_s,
                          const MeshDnsName *target)
{
  MeshDnsRecord record = { .section = section,
                           .name = *name,
                           .type = MESH_DNS_TYPE_PTR,
                           .klass = MESH_DNS_CLASS_IN,
                           .ttl_s = ttl_s,
                           .target = *target };

  g_array_append_val (message->records, record);
}

void
mesh_dns_message_add_srv (MeshDnsMessage *message,
                          MeshDnsSection section,
                          const MeshDnsName *name,
                          guint32 ttl_s,
                          const MeshDnsName *target,
                          guint16 port)
{
  MeshDnsRecord record = { .section = section,
                           .name = *name,
                           .type = MESH_DNS_TYPE_SRV,
                           .klass = MESH_DNS_CLASS_IN,
                           .flushes = TRUE,
                           .ttl_s = ttl_s,
                           .target = *target,
                           .port = port };

  g_array_append_val (message->records, record);
}

void
mesh_dns_message_add_data (MeshDnsMessage *message,
                           MeshDnsSection section,
                           const MeshDnsName *name,
                           MeshDnsType type,
                           guint32 ttl_s,
                           GBytes *data)
{
  MeshDnsRecord record = { .section = section,
                           .name = *name,
                           .type = (guint16) type,
                           .klass = MESH_DNS_CLASS_IN,
                           .flushes = TRUE,
                           .ttl_s = ttl_s,
                           .data = g_bytes_ref (data) };

  g_array_append_val (message->records, record);
}

/* ---- encoding ---- */

typedef struct
{
  GByteArray *packet; /* (owned) */
  GArray *places;     /* (owned) (element-type guint16): where a name, or its rest, is */
} Writer;

static void
put_u16 (GByteArray *packet, guint value)
{
  guint8 bytes[2] = { (guint8) (value >> 8), (guint8) value };

  g_byte_array_append (packet, bytes, sizeof bytes);
}

static void
put_u32 (GByteArray *packet, guint32 value)
{
  put_u16 (packet, value >> 16);
  put_u16 (packet, value & 0xffff);
}

/* Where the rest of @name from @from is in the packet already; 0 for nowhere. */
static guint16
find_place (const Writer *writer, const MeshDnsName *name, gsize from)
{
  MeshDnsName rest = { .len = (guint8) (name->len - from) }, there;

  memcpy (rest.data, name->data + from, rest.len);
  for (guint i = 0; i < writer->places->len; i++)
    {
      guint16 place = g_array_index (writer->places, guint16, i);
      gsize offset = place;

      if (mesh_dns_name_read (&there, writer->packet->data, writer->packet->len, &offset)
          && mesh_dns_name_equal (&rest, &there))
        return place;
    }
  return 0;
}

static void
put_name (Writer *writer, const MeshDnsName *name)
{
  gsize at = 0;

  while (name->data[at] != 0)
    {
      guint16 place = find_place (writer, name, at);

      if (place != 0)
        {
          put_u16 (writer->packet, POINTER_BITS | place);
          return;
        }
      if (writer->packet->len < 0x4000)
        {
          place = (guint16) writer->packet->len;
          g_array_append_val (writer->places, place);
        }
      g_byte_array_append (writer->packet, name->data + at, 1u + name->data[at]);
      at += 1u + name->data[at];
    }
  g_byte_array_append (writer->packet, (const guint8 *) "", 1);
}

static void
put_record (Writer *writer, const MeshDnsRecord *record)
{
  GByteArray *packet = writer->packet;
  guint len_at, len;

  put_name (writer, &record->name);
  put_u16 (packet, record->type);
  put_u16 (packet, record->klass | (record->flushes ? TOP_BIT : 0u));
  put_u32 (packet, record->ttl_s);
  len_at = packet->len;
  put_u16 (packet, 0);
  if (record->type == MESH_DNS_TYPE_PTR)
    put_name (writer, &record->target);
  else if (record->type == MESH_DNS_TYPE_SRV)
    {
      put_u16 (packet, record->priority);
      put_u16 (packet, record->weight);
      put_u16 (packet, record->port);
      g_byte_array_append (packet, record->target.data, record->target.len);
    }
  else if (record->data != NULL)
    g_byte_array_append (packet, g_bytes_get_data (record->data, NULL),
                         (guint) g_bytes_get_size (record->data));
  len = packet->len - len_at - 2;
  packet->data[len_at] = (guint8) (len >> 8);
  packet->data[len_at + 1] = (guint8) len;
}

GBytes *
mesh_dns_message_encode (const MeshDnsMessage *message)
{
  Writer writer = { g_byte_array_new (), g_array_new (FALSE, FALSE, sizeof (guint16)) };
  guint counts[N_SECTIONS] = { 0 };

  for (guint i = 0; i < message->records->len; i++)
    counts[g_array_index (message->records, MeshDnsRecord, i).section]++;
  put_u16 (writer.packet, message->id);
  put_u16 (writer.packet, (message->is_response ? FLAG_RESPONSE | FLAG_AUTHORITATIVE : 0u)
                              | (message->is_truncated ? FLAG_TRUNCATED : 0u));
  put_u16 (writer.packet, message->questions->len);
  for (guint i = 0; i < N_SECTIONS; i++)
    put_u16 (writer.packet, counts[i]);
  for (guint i = 0; i < message->questions->len; i++)
    {
      const MeshDnsQuestion *question
          = &g_array_index (message->questions, MeshDnsQuestion, i);

      put_name (&writer, &question->name);
      put_u16 (writer.packet, question->type);
      put_u16 (writer.packet, question->klass | (question->wants_unicast ? TOP_BIT : 0u));
    }
  for (guint i = 0; i < message->records->len; i++)
    put_record (&writer, &g_array_index (message->records, MeshDnsRecord, i));
  g_array_unref (writer.places);
  return g_byte_array_free_to_bytes (writer.packet);
}

/* ---- decoding ---- */

typedef struct
{
  const guint8 *data; /* (unowned) */
  gsize len;
  gsize offset;
} Reader;

static gboolean
get_u16 (Reader *reader, guint16 *value)
{
  if (reader->len - reader->offset < 2)
    return FALSE;
  *value
      = (guint16) (reader->data[reader->offset] << 8 | reader->data[reader->offset + 1]);
  reader->offset += 2;
  return TRUE;
}

static gboolean
get_u32 (Reader *reader, guint32 *value)
{
  guint16 high, low;

  if (!get_u16 (reader, &high) || !get_u16 (reader, &low))
    return FALSE;
  *value = (guint32) high << 16 | low;
  return TRUE;
}

static gboolean
get_name (Reader *reader, MeshDnsName *name)
{
  return mesh_dns_name_read (name, reader->data, reader->len, &reader->offset);
}

static gboolean
get_question (Reader *reader, MeshDnsQuestion *question)
{
  guint16 klass;

  if (!get_name (reader, &question->name) || !get_u16 (reader, &question->type)
      || !get_u16 (reader, &klass))
    return FALSE;
  question->klass = klass & (guint16) ~TOP_BIT;
  question->wants_unicast = (klass & TOP_BIT) != 0;
  return TRUE;
}

/* The value of a record, whose length is known to be there. */
static gboolean
get_value (Reader *reader, MeshDnsRecord *record, gsize len)
{
  gsize end = reader->offset + len;

  if (record->type == MESH_DNS_TYPE_PTR)
    return get_name (reader, &record->target) && reader->offset == end;
  if (record->type == MESH_DNS_TYPE_SRV)
    return get_u16 (reader, &record->priority) && get_u16 (reader, &record->weight)
           && get_u16 (reader, &record->port) && get_name (reader, &record->target)
           && reader->offset == end;
  record->data = g_bytes_new (reader->data + reader->offset, len);
  reader->offset = end;
  return TRUE;
}

static gboolean
get_record (Reader *reader, MeshDnsRecord *record)
{
  guint16 klass, len;

  if (!get_name (reader, &record->name) || !get_u16 (reader, &record->type)
      || !get_u16 (reader, &klass) || !get_u32 (reader, &record->ttl_s)
      || !get_u16 (reader, &len) || len > reader->len - reader->offset)
    return FALSE;
  record->klass = klass & (guint16) ~TOP_BIT;
  record->flushes = (klass & TOP_BIT) != 0;
  return get_value (reader, record, len);
}

static gboolean
get_body (Reader *reader, MeshDnsMessage *message, const guint16 counts[4])
{
  for (guint i = 0; i < counts[0]; i++)
    {
      MeshDnsQuestion question = { .type = 0 };

      if (!get_question (reader, &question))
        return FALSE;
      g_array_append_val (message->questions, question);
    }
  for (guint section = 0; section < N_SECTIONS; section++)
    for (guint i = 0; i < counts[1 + section]; i++)
      {
        MeshDnsRecord record = { .section = (MeshDnsSection) section };

        if (!get_record (reader, &record))
          return FALSE;
        g_array_append_val (message->records, record);
      }
  return TRUE;
}

static gboolean
refuse (GError **error, MeshError code, const char *why)
{
  g_set_error (error, MESH_ERROR, (int) code, "A DNS packet %s", why);
  return FALSE;
}

static gboolean
read_message (Reader *reader, MeshDnsMessage *message, GError **error)
{
  guint16 flags, counts[4];
  gboolean is_there = get_u16 (reader, &message->id) && get_u16 (reader, &flags);

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    is_there = is_there && get_u16 (reader, &counts[i]);
  if (!is_there)
    return refuse (error, MESH_ERROR_INVALID, "is cut short");
  if ((flags & (MASK_OPCODE | MASK_RCODE)) != 0)
    return refuse (error, MESH_ERROR_UNSUPPORTED, "is no query and no good answer");
  if (counts[0] > MESH_DNS_MESSAGE_MAX_QUESTIONS
      || (guint) counts[1] + counts[2] + counts[3] > MESH_DNS_MESSAGE_MAX_RECORDS)
    return refuse (error, MESH_ERROR_LIMIT, "has too many records");
  message->is_response = (flags & FLAG_RESPONSE) != 0;
  message->is_truncated = (flags & FLAG_TRUNCATED) != 0;
  return get_body (reader, message, counts)
         || refuse (error, MESH_ERROR_INVALID, "is malformed");
}

MeshDnsMessage *
mesh_dns_message_decode (const guint8 *data, gsize len, GError **error)
{
  g_autoptr (MeshDnsMessage) message = mesh_dns_message_new (FALSE);
  Reader reader = { data, len, 0 };

  if (len > MESH_DNS_MESSAGE_MAX_BYTES)
    {
      refuse (error, MESH_ERROR_LIMIT, "is too long");
      return NULL;
    }
  return read_message (&reader, message, error) ? g_steal_pointer (&message) : NULL;
}
