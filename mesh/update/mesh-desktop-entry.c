/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "update/mesh-desktop-entry.h"

#include <string.h>

#include "base/mesh-error.h"

#define GROUP "Desktop Entry"

static const char *const kept_keys[] = {
  "Name",
  "GenericName",
  "Comment",
  "Keywords",
  "Categories",
  "MimeType",
  "StartupNotify",
  "StartupWMClass",
  "Terminal",
  "NoDisplay",
  "OnlyShowIn",
  "NotShowIn",
  "PrefersNonDefaultGPU",
  "SingleMainWindow",
};

static gboolean
fail (GError **error, const char *app_id, const char *why)
{
  g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
               "The .desktop file of %s can't be used: %s", app_id, why);
  return FALSE;
}

/* Desktop Entry Specification, "The Exec key": quoted, then escaped as a string value;
 * a percent sign is doubled. */
static void
append_exec_path (GString *out, const char *path)
{
  g_string_append_c (out, '"');
  for (const char *p = path; *p != '\0'; p++)
    {
      if (strchr ("\"`$", *p) != NULL)
        g_string_append (out, "\\\\"); /* a backslash, itself escaped */
      if (*p == '\\')
        g_string_append (out, "\\\\\\\\");
      else if (*p == '%')
        g_string_append (out, "%%");
      else
        g_string_append_c (out, *p);
    }
  g_string_append_c (out, '"');
}

/* Of the app's own Exec only one field code for files or URLs is kept. */
static const char *
find_field_code (const char *exec)
{
  static const char *const codes[] = { "%U", "%u", "%F", "%f" };

  for (gsize i = 0; exec != NULL && i < G_N_ELEMENTS (codes); i++)
    if (strstr (exec, codes[i]) != NULL)
      return codes[i];
  return NULL;
}

static gboolean
is_kept (const char *key)
{
  g_autofree char *base = g_strndup (key, strcspn (key, "["));

  for (gsize i = 0; i < G_N_ELEMENTS (kept_keys); i++)
    if (g_str_equal (base, kept_keys[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_safe_value (const char *value)
{
  if (!g_utf8_validate (value, -1, NULL))
    return FALSE;
  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    if (g_unichar_iscntrl (g_utf8_get_char (p)))
      return FALSE;
  return TRUE;
}

static void
append_kept (GString *out, GKeyFile *file, gboolean *has_name)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  for (gsize i = 0; keys != NULL && keys[i] != NULL; i++)
    {
      g_autofree char *value = g_key_file_get_value (file, GROUP, keys[i], NULL);

      if (!is_kept (keys[i]) || value == NULL || !is_safe_value (value))
        continue;
      g_string_append_printf (out, "%s=%s\n", keys[i], value);
      *has_name = *has_name || g_str_equal (keys[i], "Name");
    }
}

/* As a value of type string: backslashes doubled; no control characters are left. */
static void
append_string (GString *out, const char *key, const char *value)
{
  g_string_append_printf (out, "%s=", key);
  for (const char *p = value; *p != '\0'; p++)
    if (*p == '\\')
      g_string_append (out, "\\\\");
    else if ((guchar) *p >= 0x20)
      g_string_append_c (out, *p);
  g_string_append_c (out, '\n');
}

static GKeyFile *
load (const char *text, gsize len, const char *app_id, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *type = NULL;

  if (len > MESH_DESKTOP_ENTRY_MAX_BYTES || memchr (text, '\0', len) != NULL)
    {
      fail (error, app_id, "it is too large or binary");
      return NULL;
    }
  if (!g_key_file_load_from_data (file, text, len, G_KEY_FILE_KEEP_TRANSLATIONS, NULL))
    {
      fail (error, app_id, "it is malformed");
      return NULL;
    }
  type = g_key_file_get_string (file, GROUP, "Type", NULL);
  if (g_strcmp0 (type, "Application") != 0)
    {
      fail (error, app_id, "it does not describe an application");
      return NULL;
    }
  return g_steal_pointer (&file);
}

char *
mesh_desktop_entry_rewrite (const char *text,
                            gsize len,
                            const char *app_id,
                            const char *name,
                            const char *exec,
                            const char *icon,
                            GError **error)
{
  g_autoptr (GKeyFile) file = NULL;
  g_autoptr (GString) out = g_string_new ("[" GROUP "]\nType=Application\n");
  g_autofree char *old_exec = NULL;
  const char *code;
  gboolean has_name = FALSE;

  if (text != NULL)
    {
      file = load (text, len, app_id, error);
      if (file == NULL)
        return NULL;
      append_kept (out, file, &has_name);
      old_exec = g_key_file_get_value (file, GROUP, "Exec", NULL);
    }
  if (!has_name)
    append_string (out, "Name", name);
  code = find_field_code (old_exec);
  g_string_append (out, "Exec=");
  append_exec_path (out, exec);
  if (code != NULL)
    g_string_append_printf (out, " %s", code);
  g_string_append_c (out, '\n');
  if (icon != NULL)
    append_string (out, "Icon", icon);
  append_string (out, "X-Shoal-App", app_id);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
