/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bitswap/mesh-bitswap-message.h"

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* Tags: field number << 3 | wire type. */
enum
{
  TAG_WANTLIST = 1 << 3 | 2,
  TAG_BARE_BLOCK = 2 << 3 | 2, /* 1.0.0 */
  TAG_BLOCK = 3 << 3 | 2,
  TAG_PRESENCE = 4 << 3 | 2,
  TAG_PENDING_BYTES = 5 << 3 | 0,

  TAG_WANTLIST_ENTRY = 1 << 3 | 2,
  TAG_WANTLIST_FULL = 2 << 3 | 0,

  TAG_ENTRY_CID = 1 << 3 | 2,
  TAG_ENTRY_PRIORITY = 2 << 3 | 0,
  TAG_ENTRY_CANCEL = 3 << 3 | 0,
  TAG_ENTRY_TYPE = 4 << 3 | 0,
  TAG_ENTRY_SEND_DONT_HAVE = 5 << 3 | 0,

  TAG_BLOCK_PREFIX = 1 << 3 | 2,
  TAG_BLOCK_DATA = 2 << 3 | 2,

  TAG_PRESENCE_CID = 1 << 3 | 2,
  TAG_PRESENCE_TYPE = 2 << 3 | 0,
};

#define MAX_PREFIX_LEN (4 * MESH_VARINT_MAX_LEN)

static void
entry_clear (gpointer data)
{
  mesh_cid_unref (((MeshBitswapEntry *) data)->cid);
}

static void
presence_clear (gpointer data)
{
  mesh_cid_unref (((MeshBitswapPresence *) data)->cid);
}

static void
block_clear (gpointer data)
{
  g_bytes_unref (((MeshBitswapBlock *) data)->data);
}

MeshBitswapMessage *
mesh_bitswap_message_new (void)
{
  MeshBitswapMessage *msg = g_new0 (MeshBitswapMessage, 1);

  msg->entries = g_array_new (FALSE, FALSE, sizeof (MeshBitswapEntry));
  g_array_set_clear_func (msg->entries, entry_clear);
  msg->blocks = g_array_new (FALSE, FALSE, sizeof (MeshBitswapBlock));
  g_array_set_clear_func (msg->blocks, block_clear);
  msg->presences = g_array_new (FALSE, FALSE, sizeof (MeshBitswapPresence));
  g_array_set_clear_func (msg->presences, presence_clear);
  return msg;
}

void
mesh_bitswap_message_free (MeshBitswapMessage *msg)
{
  g_array_unref (msg->entries);
  g_array_unref (msg->blocks);
  g_array_unref (msg->presences);
  g_free (msg);
}

gboolean
mesh_bitswap_message_is_empty (const MeshBitswapMessage *msg)
{
  return msg->entries->len == 0 && msg->blocks->len == 0 && msg->presences->len == 0
         && !msg->is_full;
}

void
mesh_bitswap_message_add_entry (MeshBitswapMessage *msg,
                                MeshCid *cid,
                                gint32 priority,
                                MeshBitswapWantType type,
                                gboolean is_cancel,
                                gboolean send_dont_have)
{
  MeshBitswapEntry entry
      = { mesh_cid_ref (cid), priority, type, is_cancel, send_dont_have };

  g_array_append_val (msg->entries, entry);
}

void
mesh_bitswap_message_add_presence (MeshBitswapMessage *msg, MeshCid *cid, gboolean has)
{
  MeshBitswapPresence presence = { mesh_cid_ref (cid), has };

  g_array_append_val (msg->presences, presence);
}

static MeshBitswapPrefix
prefix_of_cid (const MeshCid *cid)
{
  MeshBitswapPrefix prefix = { .version = mesh_cid_get_version (cid),
                               .codec = mesh_cid_get_codec (cid),
                               .hash_code = mesh_cid_get_hash_code (cid) };

  mesh_cid_get_digest (cid, &prefix.digest_len);
  return prefix;
}

void
mesh_bitswap_message_add_block (MeshBitswapMessage *msg, const MeshCid *cid, GBytes *data)
{
  MeshBitswapBlock block = { prefix_of_cid (cid), g_bytes_ref (data) };

  g_array_append_val (msg->blocks, block);
}

MeshCid *
mesh_bitswap_message_make_cid (const MeshBitswapPrefix *prefix, const guint8 *digest)
{
  if (prefix->version == 0)
    return mesh_cid_new_v0 (digest);
  return mesh_cid_new_v1 (prefix->codec, prefix->hash_code, digest, prefix->digest_len);
}

/* Encoding. Defaults are left out and fields ascend, as every protobuf library does it.
 */

static gsize
pb_varint_len (guint64 value)
{
  gsize n = 1;

  while (value >>= 7)
    n++;
  return n;
}

/* Unlike the varint of multiformats this one has up to ten bytes: a negative int32 is
 * sent as 64 bits. */
static void
put_varint (GByteArray *out, guint64 value)
{
  guint8 buf[10];
  guint n = 0;

  for (; value >= 0x80; value >>= 7)
    buf[n++] = (guint8) (value | 0x80);
  buf[n++] = (guint8) value;
  g_byte_array_append (out, buf, n);
}

static guint64
widen (gint32 value)
{
  return (guint64) (gint64) value;
}

static void
put_uint (GByteArray *out, guint8 tag, guint64 value)
{
  if (value == 0)
    return;
  g_byte_array_append (out, &tag, 1);
  put_varint (out, value);
}

static void
put_bytes (GByteArray *out, guint8 tag, const guint8 *data, gsize len)
{
  g_byte_array_append (out, &tag, 1);
  put_varint (out, len);
  g_byte_array_append (out, data, (guint) len);
}

static gsize
bytes_field_len (gsize len)
{
  return 1 + pb_varint_len (len) + len;
}

static gsize
uint_field_len (guint64 value)
{
  return value == 0 ? 0 : 1 + pb_varint_len (value);
}

static gsize
entry_len (const MeshBitswapEntry *entry)
{
  gsize cid_len;

  mesh_cid_get_bytes (entry->cid, &cid_len);
  return bytes_field_len (cid_len) + uint_field_len (widen (entry->priority))
         + (entry->is_cancel ? 2 : 0) + uint_field_len (entry->type)
         + (entry->send_dont_have ? 2 : 0);
}

static gsize
presence_len (const MeshBitswapPresence *presence)
{
  gsize cid_len;

  mesh_cid_get_bytes (presence->cid, &cid_len);
  return bytes_field_len (cid_len) + (presence->has ? 0 : 2);
}

static gsize
put_prefix (const MeshBitswapPrefix *prefix, guint8 out[MAX_PREFIX_LEN])
{
  gsize n = mesh_varint_encode (prefix->version, out);

  n += mesh_varint_encode (prefix->codec, out + n);
  n += mesh_varint_encode (prefix->hash_code, out + n);
  n += mesh_varint_encode (prefix->digest_len, out + n);
  return n;
}

static gsize
block_len (const MeshBitswapBlock *block)
{
  const MeshBitswapPrefix *prefix = &block->prefix;
  gsize prefix_len = mesh_varint_len (prefix->version) + mesh_varint_len (prefix->codec)
                     + mesh_varint_len (prefix->hash_code)
                     + mesh_varint_len (prefix->digest_len);

  return bytes_field_len (prefix_len) + bytes_field_len (g_bytes_get_size (block->data));
}

static gboolean
can_send_entry (const MeshBitswapEntry *entry, MeshBitswapVersion version)
{
  if (version < MESH_BITSWAP_1_2_0 && entry->type == MESH_BITSWAP_WANT_HAVE)
    return FALSE;
  return version > MESH_BITSWAP_1_0_0 || mesh_cid_get_version (entry->cid) == 0;
}

static gsize
wantlist_len (const MeshBitswapMessage *msg, MeshBitswapVersion version)
{
  gsize len = msg->is_full ? 2 : 0;

  for (guint i = 0; i < msg->entries->len; i++)
    {
      const MeshBitswapEntry *entry = &g_array_index (msg->entries, MeshBitswapEntry, i);

      if (can_send_entry (entry, version))
        len += bytes_field_len (entry_len (entry));
    }
  return len;
}

static gsize
message_len (const MeshBitswapMessage *msg, MeshBitswapVersion version)
{
  gsize wants = wantlist_len (msg, version);
  gsize len = wants > 0 ? bytes_field_len (wants) : 0;

  for (guint i = 0; i < msg->blocks->len; i++)
    {
      const MeshBitswapBlock *block = &g_array_index (msg->blocks, MeshBitswapBlock, i);

      if (version > MESH_BITSWAP_1_0_0)
        len += bytes_field_len (block_len (block));
      else if (block->prefix.version == 0)
        len += bytes_field_len (g_bytes_get_size (block->data));
    }
  if (version < MESH_BITSWAP_1_2_0)
    return len;
  for (guint i = 0; i < msg->presences->len; i++)
    len += bytes_field_len (
        presence_len (&g_array_index (msg->presences, MeshBitswapPresence, i)));
  return len + uint_field_len (widen (msg->pending_bytes));
}

gsize
mesh_bitswap_message_get_size (const MeshBitswapMessage *msg)
{
  return message_len (msg, MESH_BITSWAP_1_2_0);
}

static void
put_entry (GByteArray *out, const MeshBitswapEntry *entry)
{
  const guint8 *cid;
  gsize cid_len;
  guint8 tag = TAG_WANTLIST_ENTRY;

  g_byte_array_append (out, &tag, 1);
  put_varint (out, entry_len (entry));
  cid = mesh_cid_get_bytes (entry->cid, &cid_len);
  put_bytes (out, TAG_ENTRY_CID, cid, cid_len);
  put_uint (out, TAG_ENTRY_PRIORITY, widen (entry->priority));
  put_uint (out, TAG_ENTRY_CANCEL, entry->is_cancel ? 1 : 0);
  put_uint (out, TAG_ENTRY_TYPE, entry->type);
  put_uint (out, TAG_ENTRY_SEND_DONT_HAVE, entry->send_dont_have ? 1 : 0);
}

static void
put_presence (GByteArray *out, const MeshBitswapPresence *presence)
{
  const guint8 *cid;
  gsize cid_len;
  guint8 tag = TAG_PRESENCE;

  g_byte_array_append (out, &tag, 1);
  put_varint (out, presence_len (presence));
  cid = mesh_cid_get_bytes (presence->cid, &cid_len);
  put_bytes (out, TAG_PRESENCE_CID, cid, cid_len);
  put_uint (out, TAG_PRESENCE_TYPE, presence->has ? 0 : 1);
}

static void
flush_segment (GPtrArray *segments, GByteArray **small)
{
  if ((*small)->len == 0)
    return;
  g_ptr_array_add (segments, g_byte_array_free_to_bytes (*small));
  *small = g_byte_array_new ();
}

static void
put_block (GPtrArray *segments,
           GByteArray **small,
           const MeshBitswapBlock *block,
           MeshBitswapVersion version)
{
  guint8 prefix[MAX_PREFIX_LEN];
  gsize data_len = g_bytes_get_size (block->data);
  guint8 tag = TAG_BLOCK, bare_tag = TAG_BARE_BLOCK, data_tag = TAG_BLOCK_DATA;

  if (version > MESH_BITSWAP_1_0_0)
    {
      g_byte_array_append (*small, &tag, 1);
      put_varint (*small, block_len (block));
      put_bytes (*small, TAG_BLOCK_PREFIX, prefix, put_prefix (&block->prefix, prefix));
      g_byte_array_append (*small, &data_tag, 1);
    }
  else if (block->prefix.version == 0)
    {
      g_byte_array_append (*small, &bare_tag, 1);
    }
  else
    {
      return;
    }
  put_varint (*small, data_len);
  if (data_len == 0)
    return;
  flush_segment (segments, small);
  g_ptr_array_add (segments, g_bytes_ref (block->data));
}

GPtrArray *
mesh_bitswap_message_encode (const MeshBitswapMessage *msg,
                             MeshBitswapVersion version,
                             GError **error)
{
  g_autoptr (GPtrArray) segments = NULL;
  GByteArray *small;
  gsize len = message_len (msg, version), wants = wantlist_len (msg, version);
  guint8 tag = TAG_WANTLIST;

  if (len > MESH_BITSWAP_MESSAGE_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_LIMIT,
                   "Cannot send a Bitswap message of %" G_GSIZE_FORMAT
                   " bytes: the largest is %u",
                   len, MESH_BITSWAP_MESSAGE_MAX_BYTES);
      return NULL;
    }
  segments = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  small = g_byte_array_new ();
  mesh_varint_append (small, len);
  if (wants > 0)
    {
      g_byte_array_append (small, &tag, 1);
      put_varint (small, wants);
    }
  for (guint i = 0; i < msg->entries->len; i++)
    {
      const MeshBitswapEntry *entry = &g_array_index (msg->entries, MeshBitswapEntry, i);

      if (can_send_entry (entry, version))
        put_entry (small, entry);
    }
  put_uint (small, TAG_WANTLIST_FULL, msg->is_full ? 1 : 0);
  for (guint i = 0; i < msg->blocks->len; i++)
    put_block (segments, &small, &g_array_index (msg->blocks, MeshBitswapBlock, i),
               version);
  for (guint i = 0; version >= MESH_BITSWAP_1_2_0 && i < msg->presences->len; i++)
    put_presence (small, &g_array_index (msg->presences, MeshBitswapPresence, i));
  if (version >= MESH_BITSWAP_1_2_0)
    put_uint (small, TAG_PENDING_BYTES, widen (msg->pending_bytes));
  flush_segment (segments, &small);
  g_byte_array_unref (small);
  return g_steal_pointer (&segments);
}

/* Decoding. Every reader returns FALSE for bytes that are not protobuf, or not ours. */

static gboolean
read_varint (MeshCursor *cursor, guint64 *value)
{
  guint64 result = 0;
  guint8 byte;

  for (guint shift = 0; shift < 70; shift += 7)
    {
      if (!mesh_cursor_read_u8 (cursor, &byte) || (shift == 63 && byte > 1))
        return FALSE;
      result |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        {
          *value = result;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
read_len_delimited (MeshCursor *cursor, MeshCursor *inner)
{
  const guint8 *data;
  guint64 n;

  if (!read_varint (cursor, &n) || n > cursor->len
      || !mesh_cursor_read_bytes (cursor, (gsize) n, &data))
    return FALSE;
  *inner = mesh_cursor_init (data, (gsize) n);
  return TRUE;
}

static gboolean
skip_field (MeshCursor *cursor, guint64 tag)
{
  const guint8 *bytes;
  MeshCursor inner;
  guint64 value;

  if (tag >> 3 == 0 || tag >> 3 >= 1u << 29)
    return FALSE;
  switch (tag & 7)
    {
    case 0:
      return read_varint (cursor, &value);
    case 1:
      return mesh_cursor_read_bytes (cursor, 8, &bytes);
    case 2:
      return read_len_delimited (cursor, &inner);
    case 5:
      return mesh_cursor_read_bytes (cursor, 4, &bytes);
    default: /* groups: gone since before Bitswap */
      return FALSE;
    }
}

/* What decode_entry() and decode_presence() have in common: a CID and some numbers. */
typedef struct
{
  MeshCursor cid;
  guint64 numbers[6]; /* by field number */
} Fields;

static gboolean
read_fields (MeshCursor cursor, guint max_field, Fields *fields)
{
  guint64 tag;

  memset (fields, 0, sizeof *fields);
  while (cursor.len > 0)
    {
      guint64 field;
      gboolean ok;

      if (!read_varint (&cursor, &tag))
        return FALSE;
      field = tag >> 3;
      if (tag == TAG_ENTRY_CID)
        ok = read_len_delimited (&cursor, &fields->cid);
      else if ((tag & 7) == 0 && field >= 2 && field <= max_field)
        ok = read_varint (&cursor, &fields->numbers[field]);
      else
        ok = skip_field (&cursor, tag);
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode_entry (MeshBitswapMessage *msg, MeshCursor cursor)
{
  g_autoptr (MeshCid) cid = NULL;
  Fields fields;

  if (msg->entries->len >= MESH_BITSWAP_MESSAGE_MAX_ENTRIES)
    {
      msg->n_skipped++;
      return TRUE;
    }
  if (!read_fields (cursor, 5, &fields) || fields.cid.len == 0)
    return FALSE;
  cid = mesh_cid_from_bytes (fields.cid.data, fields.cid.len, NULL);
  if (cid == NULL)
    return FALSE;
  /* An unknown want type would be a later version's: neither block nor have is meant. */
  if (fields.numbers[4] > MESH_BITSWAP_WANT_HAVE)
    {
      msg->n_skipped++;
      return TRUE;
    }
  mesh_bitswap_message_add_entry (msg, cid, (gint32) (guint32) fields.numbers[2],
                                  (MeshBitswapWantType) fields.numbers[4],
                                  fields.numbers[3] != 0, fields.numbers[5] != 0);
  return TRUE;
}

static gboolean
decode_wantlist (MeshBitswapMessage *msg, MeshCursor cursor)
{
  MeshCursor inner;
  guint64 tag, value;

  while (cursor.len > 0)
    {
      gboolean ok;

      if (!read_varint (&cursor, &tag))
        return FALSE;
      if (tag == TAG_WANTLIST_ENTRY)
        {
          ok = read_len_delimited (&cursor, &inner) && decode_entry (msg, inner);
        }
      else if (tag == TAG_WANTLIST_FULL)
        {
          ok = read_varint (&cursor, &value);
          if (ok)
            msg->is_full = value != 0;
        }
      else
        {
          ok = skip_field (&cursor, tag);
        }
      if (!ok)
        return FALSE;
    }
  return TRUE;
}

static gboolean
decode_presence (MeshBitswapMessage *msg, MeshCursor cursor)
{
  g_autoptr (MeshCid) cid = NULL;
  Fields fields;

  if (msg->presences->len >= MESH_BITSWAP_MESSAGE_MAX_PRESENCES)
    {
      msg->n_skipped++;
      return TRUE;
    }
  if (!read_fields (cursor, 2, &fields) || fields.cid.len == 0)
    return FALSE;
  cid = mesh_cid_from_bytes (fields.cid.data, fields.cid.len, NULL);
  if (cid == NULL)
    return FALSE;
  if (fields.numbers[2] > 1)
    msg->n_skipped++;
  else
    mesh_bitswap_message_add_presence (msg, cid, fields.numbers[2] == 0);
  return TRUE;
}

static gboolean
read_prefix (MeshCursor cursor, MeshBitswapPrefix *prefix)
{
  guint64 version, digest_len;

  if (!mesh_cursor_read_varint (&cursor, &version)
      || !mesh_cursor_read_varint (&cursor, &prefix->codec)
      || !mesh_cursor_read_varint (&cursor, &prefix->hash_code)
      || !mesh_cursor_read_varint (&cursor, &digest_len) || cursor.len > 0 || version > 1
      || digest_len > MESH_MULTIHASH_MAX_DIGEST)
    return FALSE;
  prefix->version = (guint) version;
  prefix->digest_len = (gsize) digest_len;
  return version == 1
         || (prefix->codec == MESH_CODEC_DAG_PB
             && prefix->hash_code == MESH_MULTIHASH_SHA2_256 && digest_len == 32);
}

static gboolean
keep_block (MeshBitswapMessage *msg,
            GBytes *bytes,
            MeshCursor data,
            const MeshBitswapPrefix *prefix)
{
  const guint8 *start = g_bytes_get_data (bytes, NULL);
  MeshBitswapBlock block = { .prefix = *prefix };

  if (msg->blocks->len >= MESH_BITSWAP_MESSAGE_MAX_BLOCKS)
    {
      msg->n_skipped++;
      return TRUE;
    }
  if (data.len == 0)
    block.data = g_bytes_new_static ("", 0);
  else
    block.data = g_bytes_new_from_bytes (bytes, (gsize) (data.data - start), data.len);
  g_array_append_val (msg->blocks, block);
  return TRUE;
}

static gboolean
decode_block (MeshBitswapMessage *msg, GBytes *bytes, MeshCursor cursor)
{
  MeshCursor prefix_bytes = { 0 }, data = { 0 };
  MeshBitswapPrefix prefix;
  guint64 tag;

  while (cursor.len > 0)
    {
      gboolean ok;

      if (!read_varint (&cursor, &tag))
        return FALSE;
      if (tag == TAG_BLOCK_PREFIX)
        ok = read_len_delimited (&cursor, &prefix_bytes);
      else if (tag == TAG_BLOCK_DATA)
        ok = read_len_delimited (&cursor, &data);
      else
        ok = skip_field (&cursor, tag);
      if (!ok)
        return FALSE;
    }
  return read_prefix (prefix_bytes, &prefix) && keep_block (msg, bytes, data, &prefix);
}

static gboolean
decode_field (MeshBitswapMessage *msg, GBytes *bytes, MeshCursor *cursor, guint64 tag)
{
  static const MeshBitswapPrefix bare
      = { 0, MESH_CODEC_DAG_PB, MESH_MULTIHASH_SHA2_256, 32 };
  MeshCursor inner;
  guint64 value;

  switch (tag)
    {
    case TAG_WANTLIST:
      return read_len_delimited (cursor, &inner) && decode_wantlist (msg, inner);
    case TAG_BARE_BLOCK:
      return read_len_delimited (cursor, &inner) && keep_block (msg, bytes, inner, &bare);
    case TAG_BLOCK:
      return read_len_delimited (cursor, &inner) && decode_block (msg, bytes, inner);
    case TAG_PRESENCE:
      return read_len_delimited (cursor, &inner) && decode_presence (msg, inner);
    case TAG_PENDING_BYTES:
      if (!read_varint (cursor, &value))
        return FALSE;
      msg->pending_bytes = (gint32) (guint32) value;
      return TRUE;
    default:
      return skip_field (cursor, tag);
    }
}

MeshBitswapMessage *
mesh_bitswap_message_decode (GBytes *bytes, GError **error)
{
  g_autoptr (MeshBitswapMessage) msg = mesh_bitswap_message_new ();
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  MeshCursor cursor = mesh_cursor_init (data, len);
  guint64 tag;

  if (len > MESH_BITSWAP_MESSAGE_MAX_BYTES)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "The peer sent a Bitswap message of %" G_GSIZE_FORMAT " bytes", len);
      return NULL;
    }
  while (cursor.len > 0)
    {
      if (read_varint (&cursor, &tag) && decode_field (msg, bytes, &cursor, tag))
        continue;
      g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
                   "The peer sent a damaged Bitswap message (near byte %" G_GSIZE_FORMAT
                   " of %" G_GSIZE_FORMAT ")",
                   len - cursor.len, len);
      return NULL;
    }
  return g_steal_pointer (&msg);
}
