/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */

/* Read line by line, and not with GKeyFile, because an error has to name its line. */
#include "config.h"

#include "config/shoald-config-file.h"

#include <string.h>

#include <glib/gstdio.h>

#include "config/shoald-error.h"

#define HEADER \
  "# Settings of shoald; see shoald.conf(5). Written by the daemon when a setting is\n" \
  "# changed in the window or with shoalctl config set.\n"

G_GNUC_PRINTF (4, 5)
static gboolean
fail (const char *name, guint line, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SHOALD_ERROR, SHOALD_ERROR_CONFIG, "%s:%u: %s", name, line,
               message);
  return FALSE;
}

static GVariant *
parse_list (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", SHOALD_CONFIG_MAX_LIST_LEN + 2);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) list = NULL;

  for (char **part = parts; *part != NULL; part++)
    if (*g_strstrip (*part) != '\0')
      g_strv_builder_add (builder, *part);
  list = g_strv_builder_end (builder);
  return g_variant_new_strv ((const char *const *) list, -1);
}

/* Returns a floating value; %NULL when @text is not one of @type. */
static GVariant *
parse_value (const char *type, const char *text)
{
  guint64 number;

  switch (*type)
    {
    case 's':
      return g_variant_new_string (text);
    case 'a':
      return parse_list (text);
    case 'b':
      if (strcmp (text, "true") == 0 || strcmp (text, "false") == 0)
        return g_variant_new_boolean (*text == 't');
      return NULL;
    case 'u':
      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
        return g_variant_new_uint32 ((guint32) number);
      return NULL;
    case 't':
      if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, NULL))
        return g_variant_new_uint64 (number);
      return NULL;
    default:
      g_assert_not_reached ();
    }
}

static const char *
describe_type (const char *type)
{
  switch (*type)
    {
    case 'b':
      return "true or false";
    case 'u':
    case 't':
      return "a whole number";
    default:
      return "text";
    }
}

static gboolean
parse_pair (ShoaldConfig *config,
            const char *name,
            guint line,
            char *text,
            GHashTable *seen,
            GError **error)
{
  char *equals = strchr (text, '=');
  char *key = text;
  const char *type;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GError) local = NULL;

  if (equals == NULL)
    return fail (name, line, error, "“%s” is not of the form key=value", text);
  *equals = '\0';
  g_strstrip (key);
  type = shoald_config_get_type_string (key);
  if (type == NULL)
    return fail (name, line, error, "There is no setting “%s”", key);
  if (!g_hash_table_add (seen, g_strdup (key)))
    return fail (name, line, error, "Setting “%s” is given twice", key);
  value = parse_value (type, g_strstrip (equals + 1));
  if (value == NULL)
    return fail (name, line, error, "Setting “%s”: “%s” is not %s", key, equals + 1,
                 describe_type (type));
  g_variant_ref_sink (value);
  if (!shoald_config_check (key, value, &local))
    return fail (name, line, error, "%s", local->message);
  shoald_config_set (config, key, value, TRUE);
  return TRUE;
}

static gboolean
parse_line (ShoaldConfig *config,
            const char *name,
            guint line,
            char *text,
            gboolean *is_in_group,
            GHashTable *seen,
            GError **error)
{
  g_strstrip (text);
  if (*text == '\0' || *text == '#')
    return TRUE;
  if (*text == '[')
    {
      *is_in_group = strcmp (text, "[" SHOALD_CONFIG_FILE_GROUP "]") == 0;
      if (!*is_in_group)
        return fail (name, line, error, "The only group is [%s], not “%s”",
                     SHOALD_CONFIG_FILE_GROUP, text);
      return TRUE;
    }
  if (!*is_in_group)
    return fail (name, line, error, "“%s” stands before the line [%s]", text,
                 SHOALD_CONFIG_FILE_GROUP);
  return parse_pair (config, name, line, text, seen, error);
}

gboolean
shoald_config_file_parse (ShoaldConfig *config,
                          const char *name,
                          const char *text,
                          gsize len,
                          GError **error)
{
  g_autoptr (GHashTable) seen
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *copy = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean is_in_group = FALSE;

  if (len > SHOALD_CONFIG_FILE_MAX_BYTES)
    return fail (name, 1, error, "The file is larger than %d bytes",
                 SHOALD_CONFIG_FILE_MAX_BYTES);
  if (!g_utf8_validate_len (text, len, NULL))
    return fail (name, 1, error, "The file is not text in UTF-8");
  copy = g_strndup (text, len);
  lines = g_strsplit (copy, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!parse_line (config, name, i + 1, lines[i], &is_in_group, seen, error))
      return FALSE;
  return TRUE;
}

gboolean
shoald_config_file_load (ShoaldConfig *config, const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) local = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, &local))
    {
      if (g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return TRUE;
      g_set_error (error, MESH_ERROR, MESH_ERROR_IO, "Can not read the settings: %s",
                   local->message);
      return FALSE;
    }
  return shoald_config_file_parse (config, path, text, len, error);
}

static void
append_value (GString *text, const char *key, GVariant *value)
{
  g_autofree char *plain = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    plain = g_variant_dup_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **list = g_variant_get_strv (value, NULL);

      plain = g_strjoinv (";", (char **) list);
    }
  else
    plain = g_variant_print (value, FALSE);
  g_string_append_printf (text, "%s=%s\n", key, plain);
}

/* Whether @line sets a setting that is saved; then @key is its name and @is_same says
 * whether the line says already what @config does. */
static gboolean
is_saved_line (const ShoaldConfig *config,
               const char *line,
               char **key,
               gboolean *is_same)
{
  const char *equals = strchr (line, '=');
  g_autofree char *name = NULL;
  g_autofree char *value_text = NULL;
  g_autoptr (GVariant) value = NULL;

  if (equals == NULL)
    return FALSE;
  name = g_strstrip (g_strndup (line, (gsize) (equals - line)));
  if (*name == '#' || !shoald_config_is_saved (config, name))
    return FALSE;
  value_text = g_strstrip (g_strdup (equals + 1));
  value = parse_value (shoald_config_get_type_string (name), value_text);
  if (value != NULL)
    g_variant_ref_sink (value);
  *is_same = value != NULL && g_variant_equal (value, shoald_config_get (config, name));
  *key = g_steal_pointer (&name);
  return TRUE;
}

/* Copies the old lines; @written: the settings among them. */
static void
append_old (GString *text,
            const ShoaldConfig *config,
            const char *old,
            GHashTable *written)
{
  g_auto (GStrv) lines = g_strsplit (old, "\n", -1);
  guint n_lines = g_strv_length (lines);
  gboolean is_in_group = FALSE;

  /* What stands behind the last end of line is a line only if there is something. */
  if (n_lines > 0 && *lines[n_lines - 1] == '\0')
    n_lines--;
  for (guint i = 0; i < n_lines; i++)
    {
      g_autofree char *key = NULL;
      gboolean is_same = FALSE;
      g_autofree char *bare = g_strstrip (g_strdup (lines[i]));

      is_in_group |= strcmp (bare, "[" SHOALD_CONFIG_FILE_GROUP "]") == 0;
      if (!is_saved_line (config, lines[i], &key, &is_same) || is_same)
        g_string_append_printf (text, "%s\n", lines[i]);
      else
        append_value (text, key, shoald_config_get (config, key));
      if (key != NULL)
        g_hash_table_add (written, g_steal_pointer (&key));
    }
  if (!is_in_group)
    g_string_append (text, "[" SHOALD_CONFIG_FILE_GROUP "]\n");
}

char *
shoald_config_file_to_text (const ShoaldConfig *config, const char *old_text)
{
  g_autoptr (GHashTable) written
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GString *text = g_string_new (NULL);

  if (old_text != NULL && *old_text != '\0')
    append_old (text, config, old_text, written);
  else
    g_string_append (text, HEADER "[" SHOALD_CONFIG_FILE_GROUP "]\n");
  for (const char *const *key = shoald_config_list_keys (); *key != NULL; key++)
    if (shoald_config_is_saved (config, *key) && !g_hash_table_contains (written, *key))
      append_value (text, *key, shoald_config_get (config, *key));
  return g_string_free (text, FALSE);
}

/* Saving. */

typedef struct
{
  char *path;           /* (owned) */
  ShoaldConfig *config; /* (owned): a copy; its values are immutable */
} SaveJob;

static void
save_job_free (gpointer user_data)
{
  SaveJob *job = user_data;

  g_free (job->path);
  shoald_config_free (job->config);
  g_free (job);
}

/* What is in the file now; %NULL when it is not there, or is not text of ours. */
static char *
dup_old_text (const char *path)
{
  g_autofree char *text = NULL;
  gsize len;

  if (!g_file_get_contents (path, &text, &len, NULL) || len > SHOALD_CONFIG_FILE_MAX_BYTES
      || !g_utf8_validate_len (text, len, NULL))
    return NULL;
  return g_steal_pointer (&text);
}

static gpointer
save_job (gpointer input, GCancellable *cancellable, GError **error)
{
  SaveJob *job = input;
  g_autofree char *dir = g_path_get_dirname (job->path);
  g_autofree char *old_text = dup_old_text (job->path);
  g_autofree char *text = shoald_config_file_to_text (job->config, old_text);
  g_autoptr (GError) local = NULL;

  if (g_mkdir_with_parents (dir, 0700) == 0
      && g_file_set_contents_full (
          job->path, text, -1,
          G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &local))
    return NULL;
  g_set_error (error, MESH_ERROR,
               g_error_matches (local, G_FILE_ERROR, G_FILE_ERROR_NOSPC)
                   ? MESH_ERROR_NO_SPACE
                   : MESH_ERROR_IO,
               "Can not save the settings in “%s”: %s", job->path,
               local != NULL ? local->message : "its folder can not be made");
  return NULL;
}

static void
saved_cb (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GError *error = NULL;

  (void) !mesh_work_pool_run_finish (MESH_WORK_POOL (object), result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
shoald_config_file_save_async (const ShoaldConfig *config,
                               const char *path,
                               MeshWorkPool *pool,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (pool, cancellable, callback, user_data);
  SaveJob *job = g_new0 (SaveJob, 1);

  g_task_set_source_tag (task, shoald_config_file_save_async);
  job->path = g_strdup (path);
  job->config = shoald_config_copy (config);
  (void) shoald_config_list_keys (); /* made here, read in the pool */
  mesh_work_pool_run_async (pool, MESH_WORK_PRIORITY_DEFAULT, save_job, job,
                            save_job_free, NULL, cancellable, saved_cb,
                            g_steal_pointer (&task));
}

gboolean
shoald_config_file_save_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, shoald_config_file_save_async),
                        FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
