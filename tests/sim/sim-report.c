/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "sim/sim-report.h"

#include <stdarg.h>
#include <string.h>

#include "sim/sim-random.h"

typedef struct
{
  char *text; /* (owned) */
  gboolean is_number;
} Cell;

typedef struct
{
  GPtrArray *columns; /* (owned) (element-type utf8) */
  GArray *cells;      /* (owned) (element-type Cell) */
} Table;

typedef struct
{
  char *what; /* (owned) */
  char *unit; /* (owned) */
  double value;
  double limit;
  SimRelation relation;
} Check;

struct SimReport
{
  char *scenario; /* (owned) */
  guint64 seed;
  guint64 trace;
  GPtrArray *tables; /* (owned) (element-type Table) */
  GArray *checks;    /* (owned) (element-type Check) */
  GPtrArray *notes;  /* (owned) (element-type utf8) */
};

static void
cell_clear (gpointer data)
{
  g_free (((Cell *) data)->text);
}

static void
table_free (gpointer data)
{
  Table *table = data;

  g_ptr_array_unref (table->columns);
  g_array_unref (table->cells);
  g_free (table);
}

static void
check_clear (gpointer data)
{
  Check *check = data;

  g_free (check->what);
  g_free (check->unit);
}

SimReport *
sim_report_new (const char *scenario, guint64 seed)
{
  SimReport *report = g_new0 (SimReport, 1);

  report->scenario = g_strdup (scenario);
  report->seed = seed;
  report->tables = g_ptr_array_new_with_free_func (table_free);
  report->checks = g_array_new (FALSE, FALSE, sizeof (Check));
  g_array_set_clear_func (report->checks, check_clear);
  report->notes = g_ptr_array_new_with_free_func (g_free);
  return report;
}

void
sim_report_free (SimReport *report)
{
  g_free (report->scenario);
  g_ptr_array_unref (report->tables);
  g_array_unref (report->checks);
  g_ptr_array_unref (report->notes);
  g_free (report);
}

void
sim_report_table (SimReport *report, ...)
{
  Table *table = g_new0 (Table, 1);
  const char *column;
  va_list args;

  table->columns = g_ptr_array_new_with_free_func (g_free);
  table->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (table->cells, cell_clear);
  va_start (args, report);
  while ((column = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (table->columns, g_strdup (column));
  va_end (args);
  g_ptr_array_add (report->tables, table);
}

static void
add_cell (SimReport *report, char *text, gboolean is_number)
{
  Cell cell = { text, is_number };
  Table *table;

  g_assert (report->tables->len > 0);
  table = g_ptr_array_index (report->tables, report->tables->len - 1);
  g_array_append_val (table->cells, cell);
}

void
sim_report_number (SimReport *report, double value, guint decimals)
{
  add_cell (report, g_strdup_printf ("%.*f", (int) decimals, value), TRUE);
}

void
sim_report_text (SimReport *report, const char *text)
{
  add_cell (report, g_strdup (text), FALSE);
}

void
sim_report_check (SimReport *report,
                  const char *what,
                  double value,
                  SimRelation relation,
                  double limit,
                  const char *unit)
{
  Check check = { g_strdup (what), g_strdup (unit), value, limit, relation };

  g_array_append_val (report->checks, check);
}

void
sim_report_note (SimReport *report, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (report->notes, g_strdup_vprintf (format, args));
  va_end (args);
}

void
sim_report_add_trace (SimReport *report, guint64 trace)
{
  report->trace = report->trace == 0 ? trace : sim_random_mix (report->trace ^ trace);
}

guint64
sim_report_get_trace (const SimReport *report)
{
  return report->trace;
}

static gboolean
check_is_ok (const Check *check)
{
  /* Written so that "not a number" is not ok. */
  return check->relation == SIM_AT_LEAST ? check->value >= check->limit
                                         : check->value <= check->limit;
}

gboolean
sim_report_is_ok (const SimReport *report)
{
  for (guint i = 0; i < report->checks->len; i++)
    if (!check_is_ok (&g_array_index (report->checks, Check, i)))
      return FALSE;
  return TRUE;
}

guint
sim_report_get_n_checks (const SimReport *report)
{
  return report->checks->len;
}

/* --- text -------------------------------------------------------------------------- */

static void
print_cell (GString *out, const char *text, gboolean is_number, gsize width)
{
  gsize len = strlen (text);

  if (is_number)
    g_string_append_printf (out, "  %*s", (int) width, text);
  else
    g_string_append_printf (out, "  %s%*s", text, (int) (width - MIN (len, width)), "");
}

static void
print_table (GString *out, const Table *table)
{
  guint n = table->columns->len;

  for (guint row = 0; row * n <= table->cells->len; row++)
    {
      for (guint i = 0; i < n && (row == 0 || (row - 1) * n + i < table->cells->len); i++)
        {
          const char *head = g_ptr_array_index (table->columns, i);
          const Cell *cell
              = row == 0 ? NULL : &g_array_index (table->cells, Cell, (row - 1) * n + i);
          gsize width = strlen (head);

          for (guint k = i; k < table->cells->len; k += n)
            width = MAX (width, strlen (g_array_index (table->cells, Cell, k).text));
          print_cell (out, cell != NULL ? cell->text : head,
                      cell != NULL
                          ? cell->is_number
                          : table->cells->len > i
                                && g_array_index (table->cells, Cell, i).is_number,
                      width);
        }
      while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate (out, out->len - 1);
      g_string_append_c (out, '\n');
    }
}

char *
sim_report_to_text (const SimReport *report)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "%s, seed %" G_GUINT64_FORMAT "\n", report->scenario,
                          report->seed);
  for (guint i = 0; i < report->tables->len; i++)
    {
      g_string_append_c (out, '\n');
      print_table (out, g_ptr_array_index (report->tables, i));
    }
  if (report->checks->len > 0)
    g_string_append_c (out, '\n');
  for (guint i = 0; i < report->checks->len; i++)
    {
      const Check *check = &g_array_index (report->checks, Check, i);

      g_string_append_printf (
          out, "  %-6s  %-58s %10.6g %s %g %s\n", check_is_ok (check) ? "ok" : "NOT OK",
          check->what, check->value,
          check->relation == SIM_AT_LEAST ? ">=" : "<=", check->limit, check->unit);
    }
  for (guint i = 0; i < report->notes->len; i++)
    g_string_append_printf (out, "%s  %s\n", i == 0 ? "\n" : "",
                            (const char *) g_ptr_array_index (report->notes, i));
  g_string_append_printf (out, "\n  trace %016" G_GINT64_MODIFIER "x\n", report->trace);
  return g_string_free (out, FALSE);
}

/* --- JSON -------------------------------------------------------------------------- */

static void
json_string (GString *out, const char *text)
{
  g_string_append_c (out, '"');
  for (; *text != '\0'; text++)
    {
      if (*text == '"' || *text == '\\')
        g_string_append_c (out, '\\');
      if (*text == '\n')
        g_string_append (out, "\\n");
      else
        g_string_append_c (out, *text);
    }
  g_string_append_c (out, '"');
}

static void
json_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (value - value != 0) /* an infinity, or not a number */
    g_string_append (out, "null");
  else
    g_string_append (out, g_ascii_dtostr (text, sizeof text, value));
}

static void
json_table (GString *out, const Table *table)
{
  guint n = table->columns->len;

  g_string_append (out, "{\"columns\":[");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      json_string (out, g_ptr_array_index (table->columns, i));
    }
  g_string_append (out, "],\"rows\":[");
  for (guint i = 0; i < table->cells->len; i++)
    {
      const Cell *cell = &g_array_index (table->cells, Cell, i);

      g_string_append (out, i % n > 0 ? "," : i > 0 ? ",[" : "[");
      if (cell->is_number)
        json_number (out, g_ascii_strtod (cell->text, NULL));
      else
        json_string (out, cell->text);
      g_string_append (out, i % n == n - 1 || i == table->cells->len - 1 ? "]" : "");
    }
  g_string_append (out, "]}");
}

static void
json_check (GString *out, const Check *check)
{
  g_string_append (out, "{\"what\":");
  json_string (out, check->what);
  g_string_append (out, ",\"value\":");
  json_number (out, check->value);
  g_string_append (out, ",\"relation\":");
  json_string (out, check->relation == SIM_AT_LEAST ? ">=" : "<=");
  g_string_append (out, ",\"limit\":");
  json_number (out, check->limit);
  g_string_append (out, ",\"unit\":");
  json_string (out, check->unit);
  g_string_append_printf (out, ",\"ok\":%s}", check_is_ok (check) ? "true" : "false");
}

char *
sim_report_to_json (const SimReport *report)
{
  GString *out = g_string_new ("{\"scenario\":");

  json_string (out, report->scenario);
  g_string_append_printf (out, ",\"seed\":%" G_GUINT64_FORMAT ",\"tables\":[",
                          report->seed);
  for (guint i = 0; i < report->tables->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      json_table (out, g_ptr_array_index (report->tables, i));
    }
  g_string_append (out, "],\"checks\":[");
  for (guint i = 0; i < report->checks->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      json_check (out, &g_array_index (report->checks, Check, i));
    }
  g_string_append (out, "],\"notes\":[");
  for (guint i = 0; i < report->notes->len; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      json_string (out, g_ptr_array_index (report->notes, i));
    }
  g_string_append_printf (out, "],\"trace\":\"%016" G_GINT64_MODIFIER "x\",\"ok\":%s}\n",
                          report->trace, sim_report_is_ok (report) ? "true" : "false");
  return g_string_free (out, FALSE);
}
