/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-policy.h"

/* A network monitor that says what the test wants. */
#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;
  gboolean is_metered;
};

static gboolean
monitor_init (GInitable *initable, GCancellable *cancellable, GError **error)
{
  return TRUE;
}

static void
initable_init (GInitableIface *iface)
{
  iface->init = monitor_init;
}

static void
test_monitor_iface_init (GNetworkMonitorInterface *iface)
{
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMonitor,
                               test_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_init)
                                   G_IMPLEMENT_INTERFACE (G_TYPE_NETWORK_MONITOR,
                                                          test_monitor_iface_init))

enum
{
  PROP_AVAILABLE = 1,
  PROP_METERED,
  PROP_CONNECTIVITY
};

static void
get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_METERED)
    g_value_set_boolean (value, TEST_MONITOR (object)->is_metered);
  else if (id == PROP_CONNECTIVITY)
    g_value_set_enum (value, G_NETWORK_CONNECTIVITY_FULL);
  else
    g_value_set_boolean (value, TRUE);
}

static void
test_monitor_class_init (TestMonitorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = get_property;
  g_object_class_override_property (object_class, PROP_AVAILABLE, "network-available");
  g_object_class_override_property (object_class, PROP_METERED, "network-metered");
  g_object_class_override_property (object_class, PROP_CONNECTIVITY, "connectivity");
}

static void
test_monitor_init (TestMonitor *monitor)
{
}

static void
set_metered (TestMonitor *monitor, gboolean is_metered)
{
  monitor->is_metered = is_metered;
  g_object_notify (G_OBJECT (monitor), "network-metered");
}

static void
count_cb (ShoaldPolicy *policy, gpointer user_data)
{
  guint *n = user_data;

  (*n)++;
}

static void
test_policies (void)
{
  static const struct
  {
    const char *name;
    gboolean may_serve;
    gboolean may_fetch;
  } cases[]
      = { { "none", TRUE, TRUE }, { "serving", FALSE, TRUE }, { "all", FALSE, FALSE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
      g_autoptr (ShoaldPolicy) policy
          = shoald_policy_new (G_NETWORK_MONITOR (monitor), cases[i].name);

      g_assert_true (shoald_policy_may_serve (policy));
      g_assert_true (shoald_policy_may_fetch_unasked (policy));
      set_metered (monitor, TRUE);
      g_assert_true (shoald_policy_is_metered (policy));
      g_assert_cmpint (shoald_policy_may_serve (policy), ==, cases[i].may_serve);
      g_assert_cmpint (shoald_policy_may_fetch_unasked (policy), ==, cases[i].may_fetch);
      set_metered (monitor, FALSE);
      g_assert_true (shoald_policy_may_serve (policy));
    }
}

static void
test_signal (void)
{
  g_autoptr (TestMonitor) monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  g_autoptr (ShoaldPolicy) policy
      = shoald_policy_new (G_NETWORK_MONITOR (monitor), "serving");
  guint n = 0;

  g_signal_connect (policy, "changed", G_CALLBACK (count_cb), &n);
  set_metered (monitor, FALSE);
  g_assert_cmpuint (n, ==, 0);
  set_metered (monitor, TRUE);
  g_assert_cmpuint (n, ==, 1);
  shoald_policy_set_metered_policy (policy, "serving");
  g_assert_cmpuint (n, ==, 1);
  shoald_policy_set_metered_policy (policy, "none");
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (shoald_policy_may_serve (policy));
  g_clear_object (&policy);
  set_metered (monitor, FALSE);
  g_assert_cmpuint (n, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shoald/policy/policies", test_policies);
  g_test_add_func ("/shoald/policy/signal", test_signal);
  return g_test_run ();
}
