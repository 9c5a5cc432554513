/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "proxy/shoal-error.h"

#include <glib/gi18n-lib.h>

#include "shoal-dbus-names.h"

/* Only what a person can act upon differently; the rest shows the daemon's own message.
 */
static const struct
{
  const char *name;
  const char *text;
} sentences[] = {
  { "NoSpace", N_ ("The disk is full. Free some space, then try again.") },
  { "Unreachable",
    N_ ("No peer or server could be reached. Check the network connection.") },
  { "TimedOut", N_ ("Nobody answered in time. Try again later.") },
  { "Refused", N_ ("The other side refused. Check whether sharing is turned on.") },
  { "Auth", N_ ("The peer at this address is not the one it should be.") },
  { "BadSignature", N_ ("The signature is not the publisher’s. Nothing was installed; do "
                        "not trust where it "
                        "came from.") },
  { "UnknownKey", N_ ("It is signed with a key that is not trusted for this app.") },
  { "Threshold", N_ ("Too few of the publisher’s keys have signed this release.") },
  { "Rollback",
    N_ ("It is older than what was seen before. Somebody may be holding back updates.") },
  { "Expired", N_ ("The release information is out of date. Somebody may be holding back "
                   "updates.") },
  { "Mixed", N_ ("The parts of this release do not belong together.") },
  { "WrongApp", N_ ("The release is of another app than the one asked for.") },
  { "WrongChannel", N_ ("The release is of another channel than the one asked for.") },
  { "UnsafePath",
    N_ ("The release would write outside its own folder, so it was refused.") },
  { "Stopping", N_ ("The Shoal service is stopping. Try again in a moment.") },
  { "NotReady", N_ ("The Shoal service is still starting. Try again in a moment.") },
};

static const char *
known_sentence (const char *name)
{
  if (name == NULL || !g_str_has_prefix (name, SHOAL_DBUS_ERROR_PREFIX))
    return NULL;
  name += strlen (SHOAL_DBUS_ERROR_PREFIX);
  for (gsize i = 0; i < G_N_ELEMENTS (sentences); i++)
    if (g_str_equal (name, sentences[i].name))
      return _ (sentences[i].text);
  return NULL;
}

/* Messages of the daemon begin with a capital or not and end with a stop or not. */
static char *
as_sentence (const char *message)
{
  g_autofree char *first = NULL;
  gunichar last;

  if (message == NULL || *message == '\0' || !g_utf8_validate (message, -1, NULL))
    return g_strdup (_ ("Something went wrong."));
  first = g_strdup_printf ("%.*s", (int) (g_utf8_next_char (message) - message), message);
  if (g_unichar_islower (g_utf8_get_char (first)))
    {
      char *upper = g_utf8_strup (first, -1);

      g_free (first);
      first = upper;
    }
  last = g_utf8_get_char (g_utf8_prev_char (message + strlen (message)));
  return g_strconcat (first, g_utf8_next_char (message),
                      last < 0x80 && strchr (".!?", (int) last) != NULL ? NULL : ".",
                      NULL);
}

gboolean
shoal_error_is (const GError *error, const char *name)
{
  g_autofree char *remote = NULL;

  if (error == NULL || !g_dbus_error_is_remote_error (error))
    return FALSE;
  remote = g_dbus_error_get_remote_error (error);
  return remote != NULL && g_str_has_prefix (remote, SHOAL_DBUS_ERROR_PREFIX)
         && g_str_equal (remote + strlen (SHOAL_DBUS_ERROR_PREFIX), name);
}

char *
shoal_error_text_for_name (const char *name, const char *message)
{
  const char *known = known_sentence (name);

  return known != NULL ? g_strdup (known) : as_sentence (message);
}

char *
shoal_error_text (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  g_autoptr (GError) copy = g_error_copy (error);

  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT))
    return g_strdup (_ ("The Shoal service is not running."));
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
      || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED))
    return g_strdup (_ ("The Shoal service stopped before it was done."));
  g_dbus_error_strip_remote_error (copy);
  return shoal_error_text_for_name (name, copy->message);
}

GError *
shoal_error_new_for_name (const char *name, const char *message)
{
  if (name == NULL || !g_dbus_is_interface_name (name))
    name = SHOAL_DBUS_ERROR_PREFIX "Failed";
  return g_dbus_error_new_for_dbus_error (name, message != NULL ? message : "");
}
