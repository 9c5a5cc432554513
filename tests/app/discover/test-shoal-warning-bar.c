/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
/* The bar shows one warning, says how many more there are, and goes with the last. */
#include "config.h"

#include "discover/shoal-warning-bar.h"

#include "app-fixture.h"

static void
activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  char **last = user_data;

  g_free (*last);
  *last = g_strdup_printf ("%s %s", g_action_get_name (G_ACTION (action)),
                           g_variant_get_string (parameter, NULL));
}

static GtkWidget *
bar_new (AppFixture *fixture, char **last)
{
  static const GActionEntry entries[] = {
    { .name = "show-split-view", .activate = activate_cb, .parameter_type = "s" },
    { .name = "dismiss-split-view", .activate = activate_cb, .parameter_type = "s" },
  };
  GtkWidget *window = adw_window_new ();
  GtkWidget *bar = g_object_new (SHOAL_TYPE_WARNING_BAR, "client", fixture->client, NULL);
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, G_N_ELEMENTS (entries),
                                   last);
  gtk_widget_insert_action_group (window, "win", G_ACTION_GROUP (group));
  adw_window_set_content (ADW_WINDOW (window), bar);
  return bar;
}

static gboolean
is_shown (GtkWidget *bar)
{
  return gtk_revealer_get_reveal_child (GTK_REVEALER (adw_bin_get_child (ADW_BIN (bar))));
}

static guint
get_n_more (GtkWidget *bar)
{
  guint n_more;

  g_object_get (bar, "n-more", &n_more, NULL);
  return n_more;
}

static void
put_views (const char *views)
{
  app_fixture_put ("Manager", "Manager", "SplitViews", g_variant_new_parsed (views));
}

static void
test_one_then_more_then_none (AppFixture *fixture, gconstpointer scenario)
{
  g_autofree char *last = NULL;
  GtkWidget *bar = bar_new (fixture, &last);

  g_assert_true (is_shown (bar));
  g_assert_cmpuint (get_n_more (bar), ==, 0);
  gtk_widget_activate_action (bar, "warning.details", NULL);
  g_assert_cmpstr (last, ==, "show-split-view 1");
  put_views ("[{'id': <'7'>, 'app': <'org.example.A'>, 'kind': <'stale-master'>},"
             " {'id': <'8'>, 'app': <'org.example.B'>, 'kind': <'stale-master'>},"
             " {'id': <'9'>, 'app': <'org.example.C'>, 'kind': <'stale-master'>}]");
  APP_FIXTURE_WAIT (get_n_more (bar) == 2);
  gtk_widget_activate_action (bar, "warning.dismiss", NULL);
  g_assert_cmpstr (last, ==, "dismiss-split-view 7");
  put_views ("@aa{sv} []");
  APP_FIXTURE_WAIT (!is_shown (bar));
  gtk_widget_activate_action (bar, "warning.details", NULL);
  g_assert_cmpstr (last, ==, "dismiss-split-view 7");
  gtk_window_destroy (GTK_WINDOW (gtk_widget_get_root (bar)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/shoal-warning-bar/one-then-more-then-none", AppFixture, "warned",
              app_fixture_set_up, test_one_then_more_then_none, app_fixture_tear_down);
  return g_test_run ();
}
