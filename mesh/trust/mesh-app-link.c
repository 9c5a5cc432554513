/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-app-link.h"

#include <string.h>

#include "base/mesh-error.h"
#include "trust/mesh-key-file.h"
#include "trust/mesh-tree-path.h"

#define SCHEME "shoal:"
#define DEFAULT_CHANNEL "stable"
#define MAX_CHANNEL_LEN 128

void
mesh_app_link_free (MeshAppLink *link)
{
  if (link == NULL)
    return;
  g_free (link->app_id);
  g_free (link->channel);
  g_free (link->fingerprint);
  g_free (link);
}

static gboolean
bad_link (GError **error, const char *what)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "The link is not of the form shoal:APP?key=FINGERPRINT: %s", what);
  return FALSE;
}

static gboolean
take_parameter (MeshAppLink *link, const char *text, GError **error)
{
  if (g_str_has_prefix (text, "key="))
    {
      const char *value = text + strlen ("key=");
      gsize len = strlen (value);

      if (link->fingerprint != NULL || len != MESH_KEY_FILE_FINGERPRINT_LEN
          || strspn (value, "0123456789abcdefABCDEF") != len)
        return bad_link (error, "the key must be 64 hexadecimal digits");
      link->fingerprint = g_ascii_strdown (value, -1);
      return TRUE;
    }
  if (g_str_has_prefix (text, "channel="))
    {
      const char *value = text + strlen ("channel=");

      if (link->channel != NULL || *value == '\0' || strlen (value) > MAX_CHANNEL_LEN
          || value[strspn (value, "abcdefghijklmnopqrstuvwxyz0123456789-_.")] != '\0')
        return bad_link (error, "bad channel");
      link->channel = g_strdup (value);
    }
  return TRUE; /* parameters of later versions are ignored */
}

MeshAppLink *
mesh_app_link_parse (const char *text, GError **error)
{
  g_autoptr (MeshAppLink) link = g_new0 (MeshAppLink, 1);
  g_auto (GStrv) parameters = NULL;
  const char *question;

  g_return_val_if_fail (text != NULL, NULL);
  if (strnlen (text, MESH_APP_LINK_MAX_LEN + 1) > MESH_APP_LINK_MAX_LEN)
    {
      bad_link (error, "it is too long");
      return NULL;
    }
  if (g_ascii_strncasecmp (text, SCHEME, strlen (SCHEME)) == 0)
    text += strlen (SCHEME);
  question = strchrnul (text, '?');
  link->app_id = g_strndup (text, (gsize) (question - text));
  if (!mesh_tree_path_check_app_id (link->app_id, error))
    return NULL;
  parameters = g_strsplit (*question != '\0' ? question + 1 : "", "&", -1);
  for (gsize i = 0; parameters[i] != NULL; i++)
    if (!take_parameter (link, parameters[i], error))
      return NULL;
  if (link->channel == NULL)
    link->channel = g_strdup (DEFAULT_CHANNEL);
  return g_steal_pointer (&link);
}

char *
mesh_app_link_to_string (const MeshAppLink *link)
{
  GString *text = g_string_new (SCHEME);
  char separator = '?';

  g_string_append (text, link->app_id);
  if (link->fingerprint != NULL)
    {
      g_string_append_printf (text, "%ckey=%s", separator, link->fingerprint);
      separator = '&';
    }
  if (!g_str_equal (link->channel, DEFAULT_CHANNEL))
    g_string_append_printf (text, "%cchannel=%s", separator, link->channel);
  return g_string_free (text, FALSE);
}
