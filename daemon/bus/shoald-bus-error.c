/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "bus/shoald-bus-error.h"

#include "config/shoald-error.h"
#include "shoal-dbus-names.h"

char *
shoald_bus_error_dup_name (const GError *error)
{
  return g_strconcat (SHOAL_DBUS_ERROR_PREFIX, shoald_error_get_nick (error), NULL);
}

char *
shoald_bus_error_name_nick (const char *nick)
{
  if (nick == NULL || *nick == '\0')
    return g_strdup ("");
  return g_strconcat (SHOAL_DBUS_ERROR_PREFIX, nick, NULL);
}

gboolean
shoald_bus_error_return (GDBusMethodInvocation *invocation, GError *error)
{
  g_autofree char *name = shoald_bus_error_dup_name (error);
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  g_dbus_method_invocation_return_dbus_error (invocation, name, message);
  g_error_free (error);
  return TRUE;
}
