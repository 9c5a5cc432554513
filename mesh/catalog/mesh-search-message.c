/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-search-message.h"

#include <string.h>

#include "base/mesh-cursor.h"
#include "base/mesh-error.h"
#include "base/mesh-varint.h"
#include "catalog/mesh-announcement.h"

void
mesh_search_message_clear_question (MeshSearchQuestion *question)
{
  g_clear_pointer (&question->text, g_free);
  g_clear_pointer (&question->category, g_free);
  g_clear_pointer (&question->tag, g_free);
  g_clear_pointer (&question->cursor, g_bytes_unref);
}

void
mesh_search_message_clear_answer (MeshSearchAnswer *answer)
{
  g_clear_pointer (&answer->announcements, g_ptr_array_unref);
  g_clear_pointer (&answer->cursor, g_bytes_unref);
}

static void
append_prefixed (GByteArray *out, const guint8 *data, gsize len)
{
  mesh_varint_append (out, len);
  if (len > 0)
    g_byte_array_append (out, data, (guint) len);
}

static void
append_text (GByteArray *out, const char *text)
{
  append_prefixed (out, (const guint8 *) text, strlen (text));
}

static void
append_bytes (GByteArray *out, GBytes *bytes)
{
  gsize len;
  const guint8 *data = g_bytes_get_data (bytes, &len);

  append_prefixed (out, data, len);
}

static gboolean
fail (GError **error)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL,
               "The peer sent a malformed search message");
  return FALSE;
}

static char *
read_text (MeshCursor *cursor, gsize max_len)
{
  const guint8 *bytes;
  gsize len;

  if (!mesh_cursor_read_prefixed (cursor, &bytes, &len) || len > max_len
      || !g_utf8_validate_len ((const char *) bytes, len, NULL))
    return NULL;
  return g_strndup ((const char *) bytes, len);
}

static GBytes *
read_cursor (MeshCursor *cursor)
{
  const guint8 *bytes;
  gsize len;

  if (!mesh_cursor_read_prefixed (cursor, &bytes, &len)
      || len > MESH_SEARCH_MESSAGE_MAX_CURSOR_LEN)
    return NULL;
  return g_bytes_new (bytes, len);
}

GBytes *
mesh_search_message_encode_question (const MeshSearchQuestion *question)
{
  GByteArray *out = g_byte_array_new ();

  mesh_varint_append (out, question->kind);
  mesh_varint_append (out, question->limit);
  if (question->kind == MESH_SEARCH_MESSAGE_SEARCH)
    {
      append_text (out, question->text);
      append_text (out, question->category);
      append_text (out, question->tag);
    }
  append_bytes (out, question->cursor);
  return g_byte_array_free_to_bytes (out);
}

gboolean
mesh_search_message_decode_question (const guint8 *data,
                                     gsize len,
                                     MeshSearchQuestion *question,
                                     GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  MeshSearchQuestion read = { 0 };
  guint64 kind, limit;
  gboolean is_read;

  if (len > MESH_SEARCH_MESSAGE_MAX_QUESTION_LEN
      || !mesh_cursor_read_varint (&cursor, &kind)
      || !mesh_cursor_read_varint (&cursor, &limit) || limit < 1
      || limit > MESH_SEARCH_MESSAGE_MAX_RESULTS
      || (kind != MESH_SEARCH_MESSAGE_SEARCH && kind != MESH_SEARCH_MESSAGE_NEWS))
    return fail (error);
  read.kind = (MeshSearchMessageKind) kind;
  read.limit = (guint) limit;
  is_read
      = kind == MESH_SEARCH_MESSAGE_NEWS
        || ((read.text = read_text (&cursor, MESH_SEARCH_MESSAGE_MAX_TEXT_LEN)) != NULL
            && (read.category = read_text (&cursor, MESH_SEARCH_MESSAGE_MAX_TEXT_LEN / 2))
                   != NULL
            && (read.tag = read_text (&cursor, MESH_SEARCH_MESSAGE_MAX_TEXT_LEN / 2))
                   != NULL);
  if (is_read)
    read.cursor = read_cursor (&cursor);
  if (read.cursor == NULL || cursor.len != 0)
    {
      mesh_search_message_clear_question (&read);
      return fail (error);
    }
  *question = read;
  return TRUE;
}

GBytes *
mesh_search_message_encode_answer (const MeshSearchAnswer *answer)
{
  GByteArray *out = g_byte_array_new ();
  guint n = MIN (answer->announcements->len, MESH_SEARCH_MESSAGE_MAX_RESULTS);

  mesh_varint_append (out, n);
  for (guint i = 0; i < n; i++)
    append_bytes (out, answer->announcements->pdata[i]);
  append_bytes (out, answer->cursor);
  return g_byte_array_free_to_bytes (out);
}

gboolean
mesh_search_message_decode_answer (const guint8 *data,
                                   gsize len,
                                   MeshSearchAnswer *answer,
                                   GError **error)
{
  MeshCursor cursor = mesh_cursor_init (data, len);
  g_autoptr (GPtrArray) announcements
      = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GBytes) next = NULL;
  guint64 n;

  if (len > MESH_SEARCH_MESSAGE_MAX_ANSWER_LEN || !mesh_cursor_read_varint (&cursor, &n)
      || n > MESH_SEARCH_MESSAGE_MAX_RESULTS)
    return fail (error);
  for (guint64 i = 0; i < n; i++)
    {
      const guint8 *bytes;
      gsize n_bytes;

      if (!mesh_cursor_read_prefixed (&cursor, &bytes, &n_bytes) || n_bytes == 0
          || n_bytes > MESH_ANNOUNCEMENT_MAX_BYTES)
        return fail (error);
      g_ptr_array_add (announcements, g_bytes_new (bytes, n_bytes));
    }
  next = read_cursor (&cursor);
  if (next == NULL || cursor.len != 0)
    return fail (error);
  answer->announcements = g_steal_pointer (&announcements);
  answer->cursor = g_steal_pointer (&next);
  return TRUE;
}
