/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "prometheus.h"

#include <math.h>
#include <string.h>

static gboolean
is_name_char (char c, gboolean is_first)
{
  return g_ascii_isalpha (c) || c == '_' || c == ':'
         || (!is_first && g_ascii_isdigit (c));
}

static const char *
read_name (const char *p)
{
  g_assert_true (is_name_char (*p, TRUE));
  while (is_name_char (*p, FALSE))
    p++;
  return p;
}

/* {name="value",…}: only \\, \" and \n are escapes. */
static const char *
read_labels (const char *p)
{
  g_assert_cmpint (*p++, ==, '{');
  for (;;)
    {
      g_assert_cmpint (*p, !=, ':');
      p = read_name (p);
      g_assert_cmpint (*p++, ==, '=');
      g_assert_cmpint (*p++, ==, '"');
      for (; *p != '"'; p++)
        {
          g_assert_cmpint (*p, !=, '\0');
          if (*p == '\\')
            {
              p++;
              g_assert_nonnull (strchr ("\\\"n", *p));
            }
        }
      p++;
      if (*p == '}')
        return p + 1;
      g_assert_cmpint (*p++, ==, ',');
    }
}

static double
read_value (const char *text)
{
  char *end;
  double value;

  if (strcmp (text, "NaN") == 0)
    return NAN;
  if (strcmp (text, "+Inf") == 0)
    return INFINITY;
  if (strcmp (text, "-Inf") == 0)
    return -INFINITY;
  value = g_ascii_strtod (text, &end);
  g_assert_true (end != text);
  g_assert_cmpstr (end, ==, "");
  return value;
}

static void
read_sample (GHashTable *samples, const char *line, const char *family)
{
  const char *p = read_name (line);
  double *value = g_new (double, 1);
  char *key;

  g_assert_nonnull (family);
  g_assert_cmpint (strlen (family), ==, p - line);
  g_assert_true (g_str_has_prefix (line, family));
  if (*p == '{')
    p = read_labels (p);
  key = g_strndup (line, p - line);
  g_assert_cmpint (*p, ==, ' ');
  *value = read_value (p + 1);
  g_assert_true (g_hash_table_insert (samples, key, value));
}

GHashTable *
prometheus_parse (const char *page)
{
  GHashTable *samples = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) families
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  g_autofree char *helped = NULL;
  const char *family = NULL;
  guint n = g_strv_length (lines);

  g_assert_true (g_str_has_suffix (page, "\n"));
  for (guint i = 0; i + 1 < n; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", 4);

      if (g_str_has_prefix (lines[i], "# HELP "))
        {
          g_assert_cmpuint (g_strv_length (words), ==, 4);
          g_free (helped);
          helped = g_strdup (words[2]);
        }
      else if (g_str_has_prefix (lines[i], "# TYPE "))
        {
          char *name = g_strdup (words[2]);

          g_assert_cmpstr (*read_name (name) == '\0' ? "" : "bad", ==, "");
          g_assert_cmpstr (name, ==, helped);
          g_assert_true (g_str_equal (words[3], "counter")
                         || g_str_equal (words[3], "gauge"));
          g_assert_true (g_hash_table_add (families, name));
          family = name;
        }
      else
        read_sample (samples, lines[i], family);
    }
  return samples;
}

double
prometheus_get (GHashTable *samples, const char *key)
{
  double *value = g_hash_table_lookup (samples, key);

  if (value == NULL)
    g_test_message ("there is no %s", key);
  g_assert_nonnull (value);
  return *value;
}
