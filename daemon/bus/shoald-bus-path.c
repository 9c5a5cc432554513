/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-path.h"

#include "shoal-dbus-names.h"

char *
shoald_bus_path_escape (const char *id)
{
  GString *path = g_string_new (NULL);

  for (const char *c = id; *c != '\0'; c++)
    if (g_ascii_isalnum (*c))
      g_string_append_c (path, *c);
    else
      g_string_append_printf (path, "_%02x", (guint) (guint8) *c);
  if (path->len == 0)
    g_string_append_c (path, '_');
  return g_string_free (path, FALSE);
}

static char *
build (const char *parent, const char *id)
{
  g_autofree char *name = shoald_bus_path_escape (id);

  return g_strconcat (parent, "/", name, NULL);
}

char *
shoald_bus_path_for_app (const char *app_id)
{
  return build (SHOAL_DBUS_APPS_PATH, app_id);
}

char *
shoald_bus_path_for_update (const char *app_id)
{
  return build (SHOAL_DBUS_UPDATES_PATH, app_id);
}

char *
shoald_bus_path_for_peer (const char *peer_id)
{
  return build (SHOAL_DBUS_PEERS_PATH, peer_id);
}

char *
shoald_bus_path_for_job (ShoaldJob *job)
{
  const char *parent = shoald_job_get_job_type (job) == SHOALD_JOB_TRANSFER
                           ? SHOAL_DBUS_TRANSFERS_PATH
                           : SHOAL_DBUS_OPERATIONS_PATH;

  return g_strdup_printf ("%s/%" G_GUINT64_FORMAT, parent, shoald_job_get_id (job));
}
