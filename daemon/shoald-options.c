/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "shoald-options.h"

#include <string.h>

#include "config/shoald-config-file.h"
#include "config/shoald-error.h"
#include "shoal-dbus-names.h"

/* As GOption leaves it. */
typedef struct
{
  char *data_dir;    /* (owned) (nullable) */
  char *config_path; /* (owned) (nullable) */
  char **listen;     /* (owned) (nullable) */
  char **bootstrap;  /* (owned) (nullable) */
  char **gateways;   /* (owned) (nullable) */
  char *bus_name;    /* (owned) (nullable) */
  char *master;      /* (owned) (nullable) */
  char *sharing;     /* (owned) (nullable) */
  char *http;        /* (owned) (nullable) */
  gint64 idle_exit_s;
  gboolean has_no_mdns;
  gboolean is_mini_master;
  gboolean is_version;
} Raw;

static void
raw_clear (Raw *raw)
{
  g_free (raw->data_dir);
  g_free (raw->config_path);
  g_strfreev (raw->listen);
  g_strfreev (raw->bootstrap);
  g_strfreev (raw->gateways);
  g_free (raw->bus_name);
  g_free (raw->master);
  g_free (raw->sharing);
  g_free (raw->http);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Raw, raw_clear)

void
shoald_options_free (ShoaldOptions *options)
{
  if (options == NULL)
    return;
  shoald_config_free (options->config);
  g_free (options->config_path);
  g_free (options->bus_name);
  g_free (options);
}

static gboolean
parse_raw (Raw *raw, char ***arguments, GError **error)
{
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &raw->data_dir,
      "Keep everything in DIR (default: $XDG_DATA_HOME/shoal)", "DIR" },
    { "config", 0, 0, G_OPTION_ARG_FILENAME, &raw->config_path,
      "Settings file (default: $XDG_CONFIG_HOME/shoal/shoald.conf)", "FILE" },
    { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->listen,
      "Listen here while sharing is on; may be repeated", "MULTIADDR" },
    { "bootstrap", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->bootstrap,
      "Stay connected to this peer; ends in /p2p/ID; may be repeated", "MULTIADDR" },
    { "bus-name", 0, 0, G_OPTION_ARG_STRING, &raw->bus_name,
      "Name on the session bus (default: " SHOAL_DBUS_NAME ")", "NAME" },
    { "no-mdns", 0, 0, G_OPTION_ARG_NONE, &raw->has_no_mdns,
      "Look for no peers on the local network and answer nobody there", NULL },
    { "master", 0, 0, G_OPTION_ARG_STRING, &raw->master, "Master Server", "URL" },
    { "gateway", 0, 0, G_OPTION_ARG_STRING_ARRAY, &raw->gateways,
      "IPFS gateway to fall back on; may be repeated", "URL" },
    { "sharing", 0, 0, G_OPTION_ARG_STRING, &raw->sharing,
      "undecided, off, download-only or on, without asking", "MODE" },
    { "idle-exit", 0, 0, G_OPTION_ARG_INT64, &raw->idle_exit_s,
      "Exit after so long without work while sharing is off; 0: never", "SECONDS" },
    { "mini-master", 0, 0, G_OPTION_ARG_NONE, &raw->is_mini_master,
      "Be a Master Server, too; sharing is on unless it was decided", NULL },
    { "http", 0, 0, G_OPTION_ARG_STRING, &raw->http,
      "Where the mini-master serves HTTP (default: 127.0.0.1:8440)", "ADDR:PORT" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &raw->is_version, "Print the version", NULL },
    { NULL, 0, 0, G_OPTION_ARG_NONE, NULL, NULL, NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  raw->idle_exit_s = -1;
  g_option_context_set_summary (context, "Installs, updates and shares apps for the "
                                         "Shoal window and shoalctl.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse_strv (context, arguments, error))
    return FALSE;
  if (g_strv_length (*arguments) > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "“%s” is not an option", (*arguments)[1]);
      return FALSE;
    }
  if (raw->http != NULL && !raw->is_mini_master)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--http needs --mini-master");
      return FALSE;
    }
  return TRUE;
}

/* Puts a value of the command line in force. Takes a floating @value. */
static gboolean
override (ShoaldConfig *config, const char *key, GVariant *value, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (value);

  if (!shoald_config_check (key, owned, error))
    return FALSE;
  shoald_config_set (config, key, owned, FALSE);
  return TRUE;
}

static gboolean
override_text (ShoaldConfig *config, const char *key, const char *text, GError **error)
{
  return text == NULL || override (config, key, g_variant_new_string (text), error);
}

static gboolean
override_list (ShoaldConfig *config, const char *key, char **list, GError **error)
{
  return list == NULL
         || override (config, key, g_variant_new_strv ((const char *const *) list, -1),
                      error);
}

static gboolean
override_idle (ShoaldConfig *config, gint64 idle_exit_s, GError **error)
{
  if (idle_exit_s == -1)
    return TRUE;
  if (idle_exit_s < 0 || idle_exit_s > G_MAXUINT32)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--idle-exit needs a number of seconds");
      return FALSE;
    }
  return override (config, SHOALD_CONFIG_IDLE_EXIT_S,
                   g_variant_new_uint32 ((guint32) idle_exit_s), error);
}

/* The data folder: command line, file, XDG. A relative one is below the current folder.
 */
static gboolean
resolve_data_dir (ShoaldConfig *config, const char *given, GError **error)
{
  g_autofree char *path = NULL;

  if (given != NULL)
    path = g_canonicalize_filename (given, NULL);
  else if (*shoald_config_get_string (config, SHOALD_CONFIG_DATA_DIR) == '\0')
    path = g_build_filename (g_get_user_data_dir (), "shoal", NULL);
  if (path != NULL && !g_utf8_validate (path, -1, NULL))
    {
      g_set_error_literal (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG,
                           "The path of the data folder must be text in UTF-8");
      return FALSE;
    }
  return override_text (config, SHOALD_CONFIG_DATA_DIR, path, error);
}

static gboolean
override_all (ShoaldConfig *config, const Raw *raw, GError **error)
{
  if (!resolve_data_dir (config, raw->data_dir, error)
      || !override_list (config, SHOALD_CONFIG_LISTEN, raw->listen, error)
      || !override_list (config, SHOALD_CONFIG_BOOTSTRAP, raw->bootstrap, error)
      || !override_list (config, SHOALD_CONFIG_GATEWAYS, raw->gateways, error)
      || !override_text (config, SHOALD_CONFIG_MASTER_URL, raw->master, error)
      || !override_text (config, SHOALD_CONFIG_SHARING_MODE, raw->sharing, error)
      || !override_text (config, SHOALD_CONFIG_HTTP, raw->http, error)
      || !override_idle (config, raw->idle_exit_s, error))
    return FALSE;
  if (raw->has_no_mdns
      && !override (config, SHOALD_CONFIG_MDNS, g_variant_new_boolean (FALSE), error))
    return FALSE;
  if (raw->is_mini_master
      && !override (config, SHOALD_CONFIG_MINI_MASTER, g_variant_new_boolean (TRUE),
                    error))
    return FALSE;
  /* Who runs a server has decided. */
  if (shoald_config_get_boolean (config, SHOALD_CONFIG_MINI_MASTER)
      && strcmp (shoald_config_get_string (config, SHOALD_CONFIG_SHARING_MODE),
                 "undecided")
             == 0)
    return override_text (config, SHOALD_CONFIG_SHARING_MODE, "on", error);
  return TRUE;
}

ShoaldOptions *
shoald_options_parse (char ***arguments, GError **error)
{
  g_auto (Raw) raw = { 0 };
  g_autoptr (ShoaldOptions) options = g_new0 (ShoaldOptions, 1);

  options->config = shoald_config_new ();
  if (!parse_raw (&raw, arguments, error))
    return NULL;
  options->is_version = raw.is_version;
  if (raw.is_version)
    return g_steal_pointer (&options);
  options->bus_name = g_strdup (raw.bus_name != NULL ? raw.bus_name : SHOAL_DBUS_NAME);
  if (!g_dbus_is_name (options->bus_name) || g_dbus_is_unique_name (options->bus_name))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "“%s” is not a name on a bus", options->bus_name);
      return NULL;
    }
  options->config_path
      = raw.config_path != NULL
            ? g_canonicalize_filename (raw.config_path, NULL)
            : g_build_filename (g_get_user_config_dir (), "shoal", "shoald.conf", NULL);
  if (!shoald_config_file_load (options->config, options->config_path, error)
      || !override_all (options->config, &raw, error))
    return NULL;
  return g_steal_pointer (&options);
}
