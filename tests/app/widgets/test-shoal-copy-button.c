/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* The button that copies, alone and in its row and line. */
#include "config.h"

#include "widgets/shoal-copy-button.h"

#include "widgets/shoal-copy-line.h"
#include "widgets/shoal-copy-row.h"

static void
read_cb (GObject *clipboard, GAsyncResult *result, gpointer user_data)
{
  *(char **) user_data
      = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (clipboard), result, NULL);
}

static char *
read_clipboard (GtkWidget *widget)
{
  char *text = NULL;

  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (widget), NULL, read_cb, &text);
  while (text == NULL)
    g_main_context_iteration (NULL, TRUE);
  return text;
}

/* (nullable): the first copy button below a widget */
static GtkWidget *
find_button (GtkWidget *widget)
{
  if (SHOAL_IS_COPY_BUTTON (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
assert_copies (GtkWidget *widget, GtkWidget *button, const char *expected)
{
  g_autofree char *text = NULL;

  g_signal_emit_by_name (button, "clicked");
  text = read_clipboard (widget);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_button (void)
{
  GtkWidget *button = g_object_ref_sink (g_object_new (SHOAL_TYPE_COPY_BUTTON, NULL));

  g_assert_false (gtk_widget_get_sensitive (button));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Copy");
  g_object_set (button, "text", "one", NULL);
  g_assert_true (gtk_widget_get_sensitive (button));
  assert_copies (button, button, "one");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (button), ==, "Copied");
  while (g_strcmp0 (gtk_widget_get_tooltip_text (button), "Copy") != 0)
    g_main_context_iteration (NULL, TRUE);
  /* It goes while it still says "Copied". */
  assert_copies (button, button, "one");
  g_object_set (button, "text", "", NULL);
  g_assert_false (gtk_widget_get_sensitive (button));
  g_object_unref (button);
}

static void
test_row (void)
{
  GtkWidget *row = g_object_ref_sink (shoal_copy_row_new ("Title", "two"));
  GtkWidget *button = find_button (row);

  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "two");
  g_assert_true (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row)) == button);
  assert_copies (row, button, "two");
  g_object_set (row, "text", "a <b> & c", NULL);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "a <b> & c");
  assert_copies (row, button, "a <b> & c");
  g_object_unref (row);
}

static void
test_line (void)
{
  GtkWidget *line
      = g_object_ref_sink (g_object_new (SHOAL_TYPE_COPY_LINE, "text", "three", NULL));

  assert_copies (line, find_button (line), "three");
  g_object_set (line, "text", NULL, NULL);
  g_assert_false (gtk_widget_get_sensitive (find_button (line)));
  g_object_unref (line);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add_func ("/shoal-copy-button/button", test_button);
  g_test_add_func ("/shoal-copy-button/row", test_row);
  g_test_add_func ("/shoal-copy-button/line", test_line);
  return g_test_run ();
}
