/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "terminal/shoalctl-progress.h"

#include "proxy/shoal-format.h"

#include "terminal/shoalctl-table.h"

#define BAR_CELLS 20
#define BAR_MIN_WIDTH 60 /* columns below which no bar is drawn */

static void
append_bar (GString *line, double progress)
{
  int n_full = CLAMP (progress, 0, 1) * BAR_CELLS;

  g_string_append (line, " [");
  for (int i = 0; i < BAR_CELLS; i++)
    g_string_append (line, i < n_full ? "#" : "·");
  g_string_append_c (line, ']');
}

/* Appends @part after two blanks when it fits whole. */
static void
append_if_fits (GString *line, const char *part, guint width)
{
  guint used = g_utf8_strlen (line->str, -1);

  if (*part != '\0' && used + 2 + g_utf8_strlen (part, -1) < width)
    g_string_append_printf (line, "  %s", part);
}

static void
append_sources (GString *line, GVariant *properties, guint width)
{
  g_autoptr (GVariant) sources
      = g_variant_lookup_value (properties, "Sources", G_VARIANT_TYPE ("aa{sv}"));

  if (sources == NULL)
    return;
  for (gsize i = 0; i < g_variant_n_children (sources); i++)
    {
      g_autoptr (GVariant) source = g_variant_get_child_value (sources, i);
      g_autofree char *size = NULL;
      g_autofree char *part = NULL;
      g_autofree char *short_id = NULL;
      const char *kind = "";
      const char *id = "";
      guint64 n_bytes = 0;

      g_variant_lookup (source, "kind", "&s", &kind);
      g_variant_lookup (source, "id", "&s", &id);
      g_variant_lookup (source, "bytes", "t", &n_bytes);
      size = shoal_format_bytes (n_bytes);
      short_id = shoal_format_short_id (id);
      part
          = g_strdup_printf ("%s %s", g_str_equal (kind, "peer") ? short_id : kind, size);
      append_if_fits (line, part, width);
    }
}

char *
shoalctl_progress_format (GVariant *properties, guint width)
{
  g_autoptr (GString) line = g_string_new (NULL);
  g_autofree char *clean = NULL;
  g_autofree char *amount = NULL;
  g_autofree char *rate = NULL;
  g_autofree char *left = NULL;
  const char *state = "";
  const char *step = "";
  double progress = -1;
  guint64 n_done = 0, n_total = 0, rate_bps = 0;
  gint64 eta_s = -1;

  g_variant_lookup (properties, "State", "&s", &state);
  g_variant_lookup (properties, "Step", "&s", &step);
  g_variant_lookup (properties, "Progress", "d", &progress);
  g_variant_lookup (properties, "BytesDone", "t", &n_done);
  g_variant_lookup (properties, "BytesTotal", "t", &n_total);
  g_variant_lookup (properties, "RateBps", "t", &rate_bps);
  g_variant_lookup (properties, "EtaS", "x", &eta_s);

  clean = shoalctl_table_clean (*step != '\0' ? step : state);
  append_if_fits (line, clean, width);
  g_string_erase (line, 0, MIN (line->len, 2));
  if (progress >= 0 && width >= BAR_MIN_WIDTH)
    append_bar (line, progress);
  if (n_done > 0 || n_total > 0)
    {
      amount = shoal_format_progress (n_done, n_total);
      rate = shoal_format_rate (rate_bps);
      append_if_fits (line, amount, width);
      append_if_fits (line, rate, width);
    }
  if (eta_s >= 0)
    {
      left = shoal_format_duration (eta_s);
      append_if_fits (line, left, width);
    }
  append_sources (line, properties, width);
  return g_string_free (g_steal_pointer (&line), FALSE);
}
