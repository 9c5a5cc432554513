/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-query.h"

#include <string.h>

#include "node/mesh.h"

char *
shoald_master_query_fold (const char *label)
{
  g_autofree char *normal = g_utf8_normalize (label, -1, G_NORMALIZE_ALL_COMPOSE);

  return g_utf8_casefold (normal != NULL ? normal : label, -1);
}

/* Words with a letter or digit become quoted prefixes; FTS5's tokenizer sees to the rest
 * ("org.example" is a phrase of two tokens). */
static gboolean
build_match (const char *text, char **match, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autoptr (GString) expression = g_string_new (NULL);
  guint n_words = 0;

  if (strlen (text) > SHOALD_MASTER_QUERY_MAX_LEN)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "The search text is longer than %d bytes; use fewer words",
                   SHOALD_MASTER_QUERY_MAX_LEN);
      return FALSE;
    }
  words = g_strsplit_set (text, " \t\r\n\"", -1);
  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean is_word = FALSE;

      for (const char *p = words[i]; *p != '\0' && !is_word; p = g_utf8_next_char (p))
        is_word = g_unichar_isalnum (g_utf8_get_char (p));
      if (!is_word || n_words++ >= SHOALD_MASTER_QUERY_MAX_WORDS)
        continue;
      g_string_append_printf (expression, "%s\"%s\"*", expression->len > 0 ? " AND " : "",
                              words[i]);
    }
  if (n_words > SHOALD_MASTER_QUERY_MAX_WORDS)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_TOO_LARGE,
                   "There are more than %d words; use fewer",
                   SHOALD_MASTER_QUERY_MAX_WORDS);
      return FALSE;
    }
  if (expression->len > 0)
    *match = g_string_free (g_steal_pointer (&expression), FALSE);
  return TRUE;
}

static gboolean
read_number (GHashTable *form,
             const char *key,
             guint fallback,
             guint max,
             guint *value,
             GError **error)
{
  const char *text = g_hash_table_lookup (form, key);
  guint64 number = fallback;

  if (text != NULL && !g_ascii_string_to_unsigned (text, 10, 0, max, &number, NULL))
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” must be a number from 0 to %u", key, max);
      return FALSE;
    }
  *value = number;
  return TRUE;
}

static gboolean
read_label (GHashTable *form, const char *key, char **value, GError **error)
{
  const char *text = g_hash_table_lookup (form, key);

  if (text == NULL || *text == '\0')
    return TRUE;
  if (strlen (text) > MESH_MANIFEST_MAX_NAME_LEN)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "“%s” is too long", key);
      return FALSE;
    }
  *value = shoald_master_query_fold (text);
  return TRUE;
}

static gboolean
check_text (GHashTable *form, GError **error)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, form);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (value != NULL && !g_utf8_validate (value, -1, NULL))
      {
        g_set_error_literal (error, MESH_ERROR, MESH_ERROR_INVALID,
                             "The query is not valid UTF-8");
        return FALSE;
      }
  return TRUE;
}

ShoaldMasterQuery *
shoald_master_query_parse (GHashTable *form, GError **error)
{
  g_autoptr (ShoaldMasterQuery) query = g_new0 (ShoaldMasterQuery, 1);
  const char *text;

  query->limit = SHOALD_MASTER_QUERY_LIMIT;
  if (form == NULL)
    return g_steal_pointer (&query);
  if (!check_text (form, error)
      || !read_number (form, "limit", SHOALD_MASTER_QUERY_LIMIT,
                       SHOALD_MASTER_QUERY_MAX_LIMIT, &query->limit, error)
      || !read_number (form, "offset", 0, SHOALD_MASTER_QUERY_MAX_OFFSET, &query->offset,
                       error)
      || !read_label (form, "category", &query->category, error)
      || !read_label (form, "tag", &query->tag, error))
    return NULL;
  text = g_hash_table_lookup (form, "q");
  if (text != NULL && !build_match (text, &query->match, error))
    return NULL;
  return g_steal_pointer (&query);
}

void
shoald_master_query_free (ShoaldMasterQuery *query)
{
  g_free (query->match);
  g_free (query->category);
  g_free (query->tag);
  g_free (query);
}
