/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-semver-range.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-semver.h"

#define MAX_DIGITS 15 /* of one number: below 2^53 */
#define SPACES " \t"

typedef enum
{
  OP_LESS,
  OP_AT_MOST,
  OP_EXACTLY,
  OP_AT_LEAST,
  OP_MORE,
} Op;

typedef struct
{
  Op op;
  MeshSemver *version; /* (owned) */
  char *release;       /* (owned) (nullable): "1.2.3" when the version is a pre-release */
} Comparator;

struct MeshSemverRange
{
  char *text;              /* (owned) */
  GPtrArray *alternatives; /* (owned) (element-type GArray of Comparator) */
  guint n_comparators;
  gboolean is_any;
};

/* A version of which the end may be missing or an x. */
typedef struct
{
  guint64 numbers[3];
  guint n_numbers;  /* that are given, from the left */
  const char *tail; /* (unowned): "-rc.1+build" of a whole version, else "" */
} Partial;

static void
clear_comparator (gpointer data)
{
  Comparator *comparator = data;

  g_clear_pointer (&comparator->version, mesh_semver_free);
  g_clear_pointer (&comparator->release, g_free);
}

static void
set_invalid (GError **error, const char *text)
{
  g_set_error (
      error, MESH_ERROR, MESH_ERROR_INVALID,
      "“%s” is not a range of versions; write one like ^1.2, ~1.2.3, >=1.0 <2 or "
      "1.x",
      text);
}

/* "1.2.3-rc.1+b" is "1.2.3" of a pre-release; of anything else there is none. */
static char *
dup_release (const char *version)
{
  gsize n = strcspn (version, "-+");

  return version[n] == '-' ? g_strndup (version, n) : NULL;
}

static gboolean
add (MeshSemverRange *range, GArray *set, Op op, const char *version)
{
  Comparator comparator = { op, mesh_semver_parse (version, NULL), NULL };

  if (comparator.version == NULL
      || range->n_comparators == MESH_SEMVER_RANGE_MAX_COMPARATORS)
    {
      g_clear_pointer (&comparator.version, mesh_semver_free);
      return FALSE;
    }
  comparator.release = dup_release (version);
  range->n_comparators++;
  g_array_append_val (set, comparator);
  return TRUE;
}

static gboolean
add_number (MeshSemverRange *range,
            GArray *set,
            Op op,
            guint64 major,
            guint64 minor,
            guint64 patch,
            const char *tail)
{
  g_autofree char *version = g_strdup_printf ("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT
                                              ".%" G_GUINT64_FORMAT "%s",
                                              major, minor, patch, tail);

  return add (range, set, op, version);
}

/* Everything below the next version in place @place: "<2.0.0-0" leaves the pre-releases
 * of 2.0.0 out as well. */
static gboolean
add_below_next (MeshSemverRange *range, GArray *set, const Partial *partial, guint place)
{
  guint64 next[3] = { 0, 0, 0 };

  for (guint i = 0; i <= place; i++)
    next[i] = partial->numbers[i];
  next[place]++;
  return add_number (range, set, OP_LESS, next[0], next[1], next[2], "-0");
}

static gboolean
add_from (MeshSemverRange *range, GArray *set, Op op, const Partial *partial)
{
  return add_number (range, set, op, partial->numbers[0], partial->numbers[1],
                     partial->numbers[2], partial->tail);
}

static gboolean
add_nothing (MeshSemverRange *range, GArray *set)
{
  return add_number (range, set, OP_LESS, 0, 0, 0, "-0");
}

static gboolean
read_number (const char **text, guint64 *number)
{
  gsize n = strspn (*text, "0123456789");

  if (n == 0 || n > MAX_DIGITS || (n > 1 && **text == '0'))
    return FALSE;
  *number = g_ascii_strtoull (*text, NULL, 10);
  *text += n;
  return TRUE;
}

static gboolean
is_wildcard (char c)
{
  return c == 'x' || c == 'X' || c == '*';
}

/* "1.2.3-rc.1", "1.2", "1.x", "*", "" */
static gboolean
read_partial (const char *text, Partial *partial)
{
  gboolean is_wild = FALSE;

  *partial = (Partial){ .tail = "" };
  if (*text == 'v')
    text++;
  for (guint i = 0; i < 3 && *text != '\0'; i++)
    {
      if (i > 0 && *text++ != '.')
        return FALSE;
      if (is_wildcard (*text))
        {
          is_wild = TRUE;
          text++;
        }
      else if (is_wild || !read_number (&text, &partial->numbers[i]))
        return FALSE;
      else
        partial->n_numbers = i + 1;
    }
  if (*text == '\0')
    return TRUE;
  if (partial->n_numbers < 3 || (*text != '-' && *text != '+'))
    return FALSE;
  partial->tail = text;
  return TRUE;
}

/* "1.2": all of 1.2 */
static gboolean
add_all_of (MeshSemverRange *range, GArray *set, const Partial *partial)
{
  if (partial->n_numbers == 3)
    return add_from (range, set, OP_EXACTLY, partial);
  return add_from (range, set, OP_AT_LEAST, partial)
         && (partial->n_numbers == 0
             || add_below_next (range, set, partial, partial->n_numbers - 1));
}

/* "^1.2.3": what does not change the leftmost number that is not 0 */
static gboolean
add_caret (MeshSemverRange *range, GArray *set, const Partial *partial)
{
  guint place = 0;

  if (partial->n_numbers == 0)
    return add_all_of (range, set, partial);
  while (place + 1 < partial->n_numbers && partial->numbers[place] == 0)
    place++;
  return add_from (range, set, OP_AT_LEAST, partial)
         && add_below_next (range, set, partial, place);
}

/* "~1.2.3": what does not change the minor number, if there is one */
static gboolean
add_tilde (MeshSemverRange *range, GArray *set, const Partial *partial)
{
  if (partial->n_numbers == 0)
    return add_all_of (range, set, partial);
  return add_from (range, set, OP_AT_LEAST, partial)
         && add_below_next (range, set, partial, MIN (partial->n_numbers, 2) - 1);
}

static gboolean
add_relation (MeshSemverRange *range, GArray *set, Op op, const Partial *partial)
{
  Partial next = *partial;

  if (partial->n_numbers == 3)
    return add_from (range, set, op, partial);
  if (partial->n_numbers == 0)
    return op == OP_LESS || op == OP_MORE ? add_nothing (range, set)
                                          : add_from (range, set, OP_AT_LEAST, partial);
  switch (op)
    {
    case OP_LESS:
      next.tail = "-0";
      return add_from (range, set, OP_LESS, &next);
    case OP_AT_MOST:
      return add_below_next (range, set, partial, partial->n_numbers - 1);
    case OP_MORE:
      next.numbers[partial->n_numbers - 1]++;
      return add_from (range, set, OP_AT_LEAST, &next);
    default:
      return add_from (range, set, OP_AT_LEAST, partial);
    }
}

/* One word: an operator and a version. */
static gboolean
add_word (MeshSemverRange *range, GArray *set, const char *word)
{
  gsize n = strspn (word, "<>=^~");
  g_autofree char *op = g_strndup (word, n);
  Partial partial;

  if (!read_partial (word + n, &partial))
    return FALSE;
  if (*op == '\0' || strcmp (op, "=") == 0)
    return add_all_of (range, set, &partial);
  if (strcmp (op, "^") == 0)
    return add_caret (range, set, &partial);
  if (strcmp (op, "~") == 0 || strcmp (op, "~>") == 0)
    return add_tilde (range, set, &partial);
  if (strcmp (op, "<") == 0)
    return add_relation (range, set, OP_LESS, &partial);
  if (strcmp (op, "<=") == 0)
    return add_relation (range, set, OP_AT_MOST, &partial);
  if (strcmp (op, ">") == 0)
    return add_relation (range, set, OP_MORE, &partial);
  return strcmp (op, ">=") == 0 && add_relation (range, set, OP_AT_LEAST, &partial);
}

/* "1.2 - 2.3": both ends belong to it */
static gboolean
add_hyphen (MeshSemverRange *range, GArray *set, const char *from, const char *to)
{
  Partial first, last;

  return read_partial (from, &first) && read_partial (to, &last)
         && add_relation (range, set, OP_AT_LEAST, &first)
         && (last.n_numbers == 0 || add_relation (range, set, OP_AT_MOST, &last));
}

/* Words by spaces; an operator may stand apart from its version. */
static char **
split_words (const char *text)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  text += strspn (text, SPACES);
  while (*text != '\0')
    {
      gsize n_op = strspn (text, "<>=^~");
      gsize n_space = n_op > 0 ? strspn (text + n_op, SPACES) : 0;
      gsize n = strcspn (text + n_op + n_space, SPACES);
      g_autofree char *op = g_strndup (text, n_op);
      g_autofree char *rest = g_strndup (text + n_op + n_space, n);
      g_autofree char *word = g_strconcat (op, rest, NULL);

      g_strv_builder_add (builder, word);
      text += n_op + n_space + n;
      text += strspn (text, SPACES);
    }
  return g_strv_builder_end (builder);
}

static gboolean
add_alternative (MeshSemverRange *range, const char *text)
{
  g_auto (GStrv) words = split_words (text);
  guint n_words = g_strv_length (words);
  GArray *set = g_array_new (FALSE, FALSE, sizeof (Comparator));

  g_array_set_clear_func (set, clear_comparator);
  g_ptr_array_add (range->alternatives, set);
  if (n_words == 3 && strcmp (words[1], "-") == 0)
    return add_hyphen (range, set, words[0], words[2]);
  if (n_words == 0)
    return add_word (range, set, "*");
  for (guint i = 0; i < n_words; i++)
    if (!add_word (range, set, words[i]))
      return FALSE;
  return TRUE;
}

MeshSemverRange *
mesh_semver_range_parse (const char *text, GError **error)
{
  g_autoptr (MeshSemverRange) range = g_new0 (MeshSemverRange, 1);
  g_auto (GStrv) parts = NULL;

  range->text = g_strdup (text);
  range->alternatives = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  if (strlen (text) > MESH_SEMVER_RANGE_MAX_LEN)
    {
      set_invalid (error, "…");
      return NULL;
    }
  parts = g_strsplit (text, "||", -1);
  /* Of nothing g_strsplit() makes no parts at all. */
  if (parts[0] == NULL && !add_alternative (range, ""))
    {
      set_invalid (error, text);
      return NULL;
    }
  for (guint i = 0; parts[i] != NULL; i++)
    if (!add_alternative (range, parts[i]))
      {
        set_invalid (error, text);
        return NULL;
      }
  range->is_any = text[strspn (text, SPACES "*xX")] == '\0';
  return g_steal_pointer (&range);
}

void
mesh_semver_range_free (MeshSemverRange *range)
{
  if (range == NULL)
    return;
  g_free (range->text);
  g_ptr_array_unref (range->alternatives);
  g_free (range);
}

const char *
mesh_semver_range_get_text (const MeshSemverRange *range)
{
  return range->text;
}

gboolean
mesh_semver_range_is_any (const MeshSemverRange *range)
{
  return range->is_any;
}

static gboolean
satisfies (const Comparator *comparator, const MeshSemver *version)
{
  int order = mesh_semver_compare (version, comparator->version);

  switch (comparator->op)
    {
    case OP_LESS:
      return order < 0;
    case OP_AT_MOST:
      return order <= 0;
    case OP_AT_LEAST:
      return order >= 0;
    case OP_MORE:
      return order > 0;
    default:
      return order == 0;
    }
}

static gboolean
satisfies_all (GArray *set, const MeshSemver *version, const char *release)
{
  gboolean is_asked_for = release == NULL;

  for (guint i = 0; i < set->len; i++)
    {
      const Comparator *comparator = &g_array_index (set, Comparator, i);

      if (!satisfies (comparator, version))
        return FALSE;
      if (release != NULL && g_strcmp0 (comparator->release, release) == 0)
        is_asked_for = TRUE;
    }
  return is_asked_for;
}

gboolean
mesh_semver_range_matches (const MeshSemverRange *range, const char *version)
{
  g_autoptr (MeshSemver) parsed = mesh_semver_parse (version, NULL);
  g_autofree char *release = NULL;

  if (parsed == NULL)
    return FALSE;
  release = dup_release (version);
  for (guint i = 0; i < range->alternatives->len; i++)
    if (satisfies_all (range->alternatives->pdata[i], parsed, release))
      return TRUE;
  return FALSE;
}

char *
mesh_semver_range_split (const char *text, MeshSemverRange **range, GError **error)
{
  gsize head = strcspn (text, "@?");
  gsize len;
  g_autofree char *app = g_strndup (text, head);
  g_autofree char *middle = NULL;

  *range = NULL;
  if (text[head] != '@')
    return g_strdup (text);
  len = strcspn (text + head, "?");
  middle = g_strndup (text + head + 1, len - 1);
  *range = mesh_semver_range_parse (middle, error);
  return *range != NULL ? g_strconcat (app, text + head + len, NULL) : NULL;
}
