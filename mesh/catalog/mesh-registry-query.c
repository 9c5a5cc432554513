/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-registry-query.h"

#include <string.h>

#define MAX_LABEL_LEN 256 /* of a category or tag that is asked for, folded */

/* What a word is worth by where it was found. */
enum
{
  SCORE_NAME_WORD = 60,
  SCORE_NAME_PREFIX = 40,
  SCORE_LABEL_WORD = 30,
  SCORE_ID_PREFIX = 25,
  SCORE_LABEL_PREFIX = 20,
  SCORE_PUBLISHER_PREFIX = 15,
  SCORE_SUMMARY_WORD = 12,
  SCORE_SUMMARY_PREFIX = 8,
  SCORE_WHOLE_NAME = 200, /* once: the name is what was typed */
};

char *
mesh_registry_query_fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *apart = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);
  g_autofree char *folded = g_utf8_casefold (apart, -1);
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *p = folded; *p != '\0'; p = g_utf8_next_char (p))
    if (!g_unichar_ismark (g_utf8_get_char (p)))
      g_string_append_unichar (out, g_utf8_get_char (p));
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* The next word of @text, which is folded; @text is moved behind it. */
static char *
next_word (const char **text)
{
  const char *p = *text, *begin;

  while (*p != '\0' && !g_unichar_isalnum (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  begin = p;
  while (*p != '\0' && g_unichar_isalnum (g_utf8_get_char (p)))
    p = g_utf8_next_char (p);
  *text = p;
  return p > begin ? g_strndup (begin, (gsize) (p - begin)) : NULL;
}

static char **
split_words (const char *folded)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  char *word;

  while (words->len < MESH_REGISTRY_QUERY_MAX_WORDS
         && (word = next_word (&folded)) != NULL)
    g_ptr_array_add (words, word);
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

/* Not within a character. */
static char *
dup_cut (const char *text, gsize max_len)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  gsize len = strlen (valid);

  if (len > max_len)
    {
      char *end = valid + max_len + 1;

      end = g_utf8_find_prev_char (valid, end);
      len = (gsize) (end - valid);
    }
  return g_strndup (valid, len);
}

static char *
fold_label (const char *label)
{
  g_autofree char *folded = NULL;

  if (label == NULL || *label == '\0')
    return NULL;
  folded = mesh_registry_query_fold (label);
  return dup_cut (g_strstrip (folded), MAX_LABEL_LEN);
}

MeshRegistryQuery *
mesh_registry_query_new (const char *text,
                         const char *category,
                         const char *tag,
                         guint limit)
{
  MeshRegistryQuery *query = g_new0 (MeshRegistryQuery, 1);
  g_autofree char *folded = NULL;

  query->text = dup_cut (text != NULL ? text : "", MESH_REGISTRY_QUERY_MAX_LEN);
  folded = mesh_registry_query_fold (query->text);
  query->words = split_words (folded);
  query->category = fold_label (category);
  query->tag = fold_label (tag);
  query->limit = limit > 0 ? limit : MESH_REGISTRY_QUERY_DEFAULT_LIMIT;
  return query;
}

MeshRegistryQuery *
mesh_registry_query_copy (const MeshRegistryQuery *query)
{
  MeshRegistryQuery *copy = g_new0 (MeshRegistryQuery, 1);

  copy->text = g_strdup (query->text);
  copy->words = g_strdupv (query->words);
  copy->category = g_strdup (query->category);
  copy->tag = g_strdup (query->tag);
  copy->limit = query->limit;
  return copy;
}

void
mesh_registry_query_free (MeshRegistryQuery *query)
{
  if (query == NULL)
    return;
  g_free (query->text);
  g_strfreev (query->words);
  g_free (query->category);
  g_free (query->tag);
  g_free (query);
}

char *
mesh_registry_query_to_match (const MeshRegistryQuery *query)
{
  g_autoptr (GString) match = g_string_new (NULL);

  /* Words are letters and digits: within quotes nothing of them can be syntax. */
  for (gsize i = 0; query->words[i] != NULL; i++)
    g_string_append_printf (match, "%s\"%s\"*", i > 0 ? " " : "", query->words[i]);
  return match->len > 0 ? g_string_free (g_steal_pointer (&match), FALSE) : NULL;
}

char *
mesh_registry_query_to_key (const MeshRegistryQuery *query)
{
  g_autofree char *words = g_strjoinv (" ", query->words);

  return g_strdup_printf ("%s\n%s\n%s\n%u", words,
                          query->category != NULL ? query->category : "",
                          query->tag != NULL ? query->tag : "", query->limit);
}

static gboolean
has_label (char **labels, const char *wanted)
{
  for (gsize i = 0; labels[i] != NULL; i++)
    {
      g_autofree char *label = fold_label (labels[i]);

      if (g_strcmp0 (label, wanted) == 0)
        return TRUE;
    }
  return FALSE;
}

static guint
score_in (const char *word, const char *folded, guint whole, guint prefix)
{
  guint best = 0;
  char *found;

  while ((found = next_word (&folded)) != NULL)
    {
      if (strcmp (found, word) == 0)
        best = MAX (best, whole);
      else if (g_str_has_prefix (found, word))
        best = MAX (best, prefix);
      g_free (found);
    }
  return best;
}

/* The texts of a listing, folded once for all words. */
typedef struct
{
  char *name;      /* (owned) */
  char *labels;    /* (owned) */
  char *id;        /* (owned) */
  char *publisher; /* (owned) */
  char *summary;   /* (owned) */
} Folded;

static char *
fold_labels (const MeshListing *listing)
{
  g_autofree char *categories = g_strjoinv (" ", listing->categories);
  g_autofree char *tags = g_strjoinv (" ", listing->tags);
  g_autofree char *both = g_strconcat (categories, " ", tags, NULL);

  return mesh_registry_query_fold (both);
}

static guint
score_word (const char *word, const Folded *folded)
{
  guint best = score_in (word, folded->name, SCORE_NAME_WORD, SCORE_NAME_PREFIX);

  best
      = MAX (best, score_in (word, folded->labels, SCORE_LABEL_WORD, SCORE_LABEL_PREFIX));
  best = MAX (best, score_in (word, folded->id, SCORE_ID_PREFIX, SCORE_ID_PREFIX));
  best = MAX (best, score_in (word, folded->publisher, SCORE_PUBLISHER_PREFIX,
                              SCORE_PUBLISHER_PREFIX));
  return MAX (best,
              score_in (word, folded->summary, SCORE_SUMMARY_WORD, SCORE_SUMMARY_PREFIX));
}

static guint
score_words (const MeshRegistryQuery *query, const Folded *folded)
{
  g_auto (GStrv) name = split_words (folded->name);
  guint sum = 1;

  for (gsize i = 0; query->words[i] != NULL; i++)
    {
      guint score = score_word (query->words[i], folded);

      if (score == 0)
        return 0;
      sum += score;
    }
  if (query->words[0] != NULL
      && g_strv_equal ((const char *const *) name, (const char *const *) query->words))
    sum += SCORE_WHOLE_NAME;
  return sum;
}

guint
mesh_registry_query_score (const MeshRegistryQuery *query, const MeshListing *listing)
{
  Folded folded;
  guint score;

  if ((query->category != NULL && !has_label (listing->categories, query->category))
      || (query->tag != NULL && !has_label (listing->tags, query->tag)))
    return 0;
  if (query->words[0] == NULL)
    return 1;
  folded.name = mesh_registry_query_fold (listing->name);
  folded.labels = fold_labels (listing);
  folded.id = mesh_registry_query_fold (listing->app_id);
  folded.publisher = mesh_registry_query_fold (listing->publisher);
  folded.summary = mesh_registry_query_fold (listing->summary);
  score = score_words (query, &folded);
  g_free (folded.name);
  g_free (folded.labels);
  g_free (folded.id);
  g_free (folded.publisher);
  g_free (folded.summary);
  return score;
}
