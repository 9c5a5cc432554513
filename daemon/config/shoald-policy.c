/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "config/shoald-policy.h"

#include <string.h>

struct _ShoaldPolicy
{
  GObject parent_instance;

  GNetworkMonitor *monitor; /* (owned) */
  gboolean is_metered;
  gboolean holds_serving;
  gboolean holds_fetching;
};

G_DEFINE_FINAL_TYPE (ShoaldPolicy, shoald_policy, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void
metered_cb (GNetworkMonitor *monitor, GParamSpec *pspec, gpointer user_data)
{
  ShoaldPolicy *policy = user_data;
  gboolean is_metered = g_network_monitor_get_network_metered (monitor);

  if (policy->is_metered == is_metered)
    return;
  policy->is_metered = is_metered;
  g_signal_emit (policy, signals[SIGNAL_CHANGED], 0);
}

static void
shoald_policy_dispose (GObject *object)
{
  g_clear_object (&SHOALD_POLICY (object)->monitor);
  G_OBJECT_CLASS (shoald_policy_parent_class)->dispose (object);
}

static void
shoald_policy_class_init (ShoaldPolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = shoald_policy_dispose;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
shoald_policy_init (ShoaldPolicy *policy)
{
}

ShoaldPolicy *
shoald_policy_new (GNetworkMonitor *monitor, const char *metered_policy)
{
  ShoaldPolicy *policy = g_object_new (SHOALD_TYPE_POLICY, NULL);

  policy->monitor = g_object_ref (monitor);
  policy->is_metered = g_network_monitor_get_network_metered (monitor);
  shoald_policy_set_metered_policy (policy, metered_policy);
  g_signal_connect_object (monitor, "notify::network-metered", G_CALLBACK (metered_cb),
                           policy, 0);
  return policy;
}

void
shoald_policy_set_metered_policy (ShoaldPolicy *policy, const char *metered_policy)
{
  gboolean holds_fetching = strcmp (metered_policy, "all") == 0;
  gboolean holds_serving = holds_fetching || strcmp (metered_policy, "serving") == 0;

  if (policy->holds_fetching == holds_fetching && policy->holds_serving == holds_serving)
    return;
  policy->holds_fetching = holds_fetching;
  policy->holds_serving = holds_serving;
  g_signal_emit (policy, signals[SIGNAL_CHANGED], 0);
}

gboolean
shoald_policy_is_metered (ShoaldPolicy *policy)
{
  return policy->is_metered;
}

gboolean
shoald_policy_may_serve (ShoaldPolicy *policy)
{
  return !policy->is_metered || !policy->holds_serving;
}

gboolean
shoald_policy_may_fetch_unasked (ShoaldPolicy *policy)
{
  return !policy->is_metered || !policy->holds_fetching;
}
