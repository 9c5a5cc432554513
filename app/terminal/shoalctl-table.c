/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-table.h"

#include <string.h>

#include "proxy/shoal-format.h"

#define GAP "  "

char *
shoalctl_table_clean (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      GUnicodeType type = g_unichar_type (c);

      if (c == '\n' || c == '\t')
        g_string_append_c (clean, ' ');
      else if (type == G_UNICODE_CONTROL || type == G_UNICODE_FORMAT)
        g_string_append (clean, "\357\277\275"); /* U+FFFD */
      else
        g_string_append_unichar (clean, c);
    }
  return g_string_free (g_steal_pointer (&clean), FALSE);
}

static guint
width_of (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_iszerowidth (c))
        width += g_unichar_iswide (c) ? 2 : 1;
    }
  return width;
}

/* "12D3…abcd" for a peer id among URLs and words. */
static char *
format_who (const char *text)
{
  return strlen (text) > 40 && strpbrk (text, ":/") == NULL ? shoal_format_short_id (text)
                                                            : g_strdup (text);
}

static char *
join_list (JsonArray *array, ShoalctlView view)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      const char *item
          = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_string (node) : NULL;

      g_autofree char *shown = NULL;

      if (item == NULL)
        continue;
      shown = view == SHOALCTL_VIEW_WHO ? format_who (item) : g_strdup (item);
      if (text->len > 0)
        g_string_append (text, ", ");
      g_string_append (text, shown);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
join_sources (JsonArray *array)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonObject *source = json_array_get_object_element (array, i);
      const char *kind = json_object_get_string_member_with_default (source, "kind", "");
      const char *id = json_object_get_string_member_with_default (source, "id", "");
      gint64 n_bytes = json_object_get_int_member_with_default (source, "bytes", 0);
      g_autofree char *size = shoal_format_bytes (MAX (n_bytes, 0));
      g_autofree char *short_id
          = g_strcmp0 (kind, "peer") == 0 ? shoal_format_short_id (id) : g_strdup (id);

      g_string_append_printf (text, "%s%s%s%s %s", text->len > 0 ? ", " : "", kind,
                              *short_id != '\0' ? " " : "", short_id, size);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
format_number (gint64 number, ShoalctlView view)
{
  guint64 amount = number < 0 ? SHOAL_FORMAT_UNKNOWN : (guint64) number;

  switch (view)
    {
    case SHOALCTL_VIEW_BYTES:
      return shoal_format_bytes (amount);
    case SHOALCTL_VIEW_RATE:
      return shoal_format_rate (amount);
    case SHOALCTL_VIEW_MS:
      return shoal_format_latency (number < 0 ? -1 : number * 1000);
    case SHOALCTL_VIEW_SECONDS:
      return shoal_format_duration (amount);
    case SHOALCTL_VIEW_SINCE:
      return shoal_format_since (number, g_get_real_time () / G_USEC_PER_SEC);
    default:
      return g_strdup_printf ("%" G_GINT64_FORMAT, number);
    }
}

static char *
format_real (double number, ShoalctlView view)
{
  if (view == SHOALCTL_VIEW_PERCENT && number < 0)
    return g_strdup ("—");
  if (view == SHOALCTL_VIEW_PERCENT)
    return shoal_format_percent (number * 10000, 10000);
  if (view == SHOALCTL_VIEW_SECONDS)
    return g_strdup_printf ("%.1f s", number);
  if (view == SHOALCTL_VIEW_SCORE)
    return g_strdup_printf ("%.2f", number);
  return g_strdup_printf ("%g", number);
}

static char *
format_value (JsonNode *node, ShoalctlView view)
{
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return g_strdup ("");
  if (JSON_NODE_HOLDS_ARRAY (node))
    return view == SHOALCTL_VIEW_SOURCES ? join_sources (json_node_get_array (node))
                                         : join_list (json_node_get_array (node), view);
  if (!JSON_NODE_HOLDS_VALUE (node))
    return g_strdup ("");
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return g_strdup (json_node_get_string (node));
    case G_TYPE_BOOLEAN:
      return g_strdup (json_node_get_boolean (node) ? "yes" : "no");
    case G_TYPE_DOUBLE:
      return format_real (json_node_get_double (node), view);
    default:
      return format_number (json_node_get_int (node), view);
    }
}

static char *
format_cell (JsonObject *object, const ShoalctlField *field)
{
  g_autofree char *text
      = format_value (json_object_get_member (object, field->name), field->view);

  return shoalctl_table_clean (text);
}

static void
append_padded (GString *text, const char *cell, guint width)
{
  guint used = width_of (cell);

  g_string_append (text, cell);
  for (; used < width; used++)
    g_string_append_c (text, ' ');
}

char *
shoalctl_table_format_record (JsonObject *object, const ShoalctlField *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint width = 0;

  for (const ShoalctlField *field = fields; field->name != NULL; field++)
    if (field->title != NULL)
      width = MAX (width, width_of (field->title));
  for (const ShoalctlField *field = fields; field->name != NULL; field++)
    {
      g_autofree char *cell = NULL;
      g_autofree char *title = NULL;

      if (field->title == NULL)
        continue;
      cell = format_cell (object, field);
      if (*cell == '\0')
        continue;
      title = g_strconcat (field->title, ":", NULL);
      append_padded (text, title, width + 1);
      g_string_append_printf (text, GAP "%s\n", cell);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
shoalctl_table_format_line (JsonObject *object, const ShoalctlField *fields)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (const ShoalctlField *field = fields; field->name != NULL; field++)
    {
      g_autofree char *cell = NULL;

      if (field->title == NULL)
        continue;
      cell = format_cell (object, field);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\t" : "", cell);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* (element-type GPtrArray of utf8): the cells of each shown field, row by row */
static GPtrArray *
collect_rows (JsonArray *array, const ShoalctlField *fields)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  for (int i = -1; i < (int) json_array_get_length (array); i++)
    {
      GPtrArray *row = g_ptr_array_new_with_free_func (g_free);

      for (const ShoalctlField *field = fields; field->name != NULL; field++)
        if (field->title != NULL)
          g_ptr_array_add (
              row, i < 0 ? g_utf8_strup (field->title, -1)
                         : format_cell (json_array_get_object_element (array, i), field));
      g_ptr_array_add (rows, row);
    }
  return rows;
}

char *
shoalctl_table_format_list (JsonArray *array, const ShoalctlField *fields)
{
  g_autoptr (GPtrArray) rows = collect_rows (array, fields);
  guint n_columns = ((GPtrArray *) rows->pdata[0])->len;
  g_autofree guint *widths = g_new0 (guint, n_columns + 1);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    for (guint j = 0; j < n_columns; j++)
      widths[j] = MAX (widths[j], width_of (((GPtrArray *) rows->pdata[i])->pdata[j]));
  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (GString) line = g_string_new (NULL);

      for (guint j = 0; j < n_columns; j++)
        {
          append_padded (line, ((GPtrArray *) rows->pdata[i])->pdata[j], widths[j]);
          g_string_append (line, GAP);
        }
      g_strchomp (line->str);
      g_string_append_printf (text, "%s\n", line->str);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
