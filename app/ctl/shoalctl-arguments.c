/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-arguments.h"

#include <string.h>

struct ShoalctlArguments
{
  const ShoalctlCommand *command; /* (unowned) (nullable) */
  GStrv words;                    /* (owned): after the command's name */
  GHashTable *values;             /* (owned) (element-type utf8 GPtrArray of utf8) */
};

G_DEFINE_QUARK (shoalctl - usage - error - quark, shoalctl_arguments_error)

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list list;

  va_start (list, format);
  text = g_strdup_vprintf (format, list);
  va_end (list);
  g_set_error_literal (error, SHOALCTL_USAGE_ERROR, SHOALCTL_USAGE_ERROR_WRONG, text);
  return FALSE;
}

static const ShoalctlOption *
find_option (const ShoalctlOption *options, const char *name, gsize len, char letter)
{
  for (; options != NULL && options->name != NULL; options++)
    {
      if (letter != 0 && options->letter == letter)
        return options;
      if (letter == 0 && strlen (options->name) == len
          && memcmp (options->name, name, len) == 0)
        return options;
    }
  return NULL;
}

/* @text is "--name", "--name=value" or "-x"; the options of the command go first. */
static const ShoalctlOption *
look_up (const ShoalctlCommand *command, const char *text)
{
  const ShoalctlOption *tables[]
      = { command != NULL ? command->options : NULL, shoalctl_command_global_options };
  const ShoalctlOption *option = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (tables) && option == NULL; i++)
    {
      if (text[1] != '-')
        option = text[2] == '\0' ? find_option (tables[i], NULL, 0, text[1]) : NULL;
      else
        option = find_option (tables[i], text + 2, strcspn (text + 2, "="), 0);
    }
  return option;
}

static gboolean
set_value (ShoalctlArguments *args,
           const ShoalctlOption *option,
           const char *value,
           GError **error)
{
  GPtrArray *list = g_hash_table_lookup (args->values, option->name);
  guint64 number;

  if (option->kind == SHOALCTL_OPTION_NUMBER
      && !g_ascii_string_to_unsigned (value, 10, 0, G_MAXUINT64, &number, NULL))
    return fail (error, "--%s must be a whole number, not “%s”", option->name, value);
  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (args->values, g_strdup (option->name), list);
      g_ptr_array_add (list, NULL);
    }
  if (option->kind != SHOALCTL_OPTION_LIST)
    g_ptr_array_set_size (list, 0);
  else
    g_ptr_array_remove_index (list, list->len - 1);
  if (option->kind == SHOALCTL_OPTION_PATH)
    g_ptr_array_add (list, g_canonicalize_filename (value, NULL));
  else
    g_ptr_array_add (list, g_strdup (value));
  g_ptr_array_add (list, NULL);
  return TRUE;
}

/* Reads the option at argv[*i] and steps over its value. */
static gboolean
take_option (ShoalctlArguments *args,
             const ShoalctlCommand *command,
             const char *const *argv,
             guint *i,
             GError **error)
{
  const char *text = argv[*i];
  const ShoalctlOption *option = look_up (command, text);
  const char *value = text[1] == '-' ? strchr (text, '=') : NULL;

  if (option == NULL)
    return fail (error, "Unknown option “%s”", text);
  if (option->kind == SHOALCTL_OPTION_FLAG)
    {
      if (value != NULL)
        return fail (error, "--%s takes no value", option->name);
      return set_value (args, option, "", error);
    }
  if (value != NULL)
    return set_value (args, option, value + 1, error);
  if (argv[*i + 1] == NULL)
    return fail (error, "--%s needs a value: %s", option->name, option->value_name);
  (*i)++;
  return set_value (args, option, argv[*i], error);
}

/* The words before "--", options and the values of global options left out: enough to
 * know the command, whose options are then known. */
static const ShoalctlCommand *
guess_command (const char *const *argv, guint *n_words)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();

  for (guint i = 0; argv[i] != NULL && strcmp (argv[i], "--") != 0; i++)
    {
      const ShoalctlOption *option;

      if (argv[i][0] != '-' || argv[i][1] == '\0')
        {
          g_ptr_array_add (words, (gpointer) argv[i]);
          continue;
        }
      option = look_up (NULL, argv[i]);
      if (option != NULL && option->kind != SHOALCTL_OPTION_FLAG
          && strchr (argv[i], '=') == NULL && argv[i + 1] != NULL)
        i++;
    }
  g_ptr_array_add (words, NULL);
  return shoalctl_command_find ((const char *const *) words->pdata, n_words);
}

static gboolean
check_words (ShoalctlArguments *args, GError **error)
{
  const ShoalctlCommand *command = args->command;
  guint n = g_strv_length (args->words);

  if (shoalctl_arguments_has (args, "help") || shoalctl_arguments_wants_version (args))
    return TRUE;
  if (command == NULL && n > 0)
    return fail (error, "There is no command “%s”", args->words[0]);
  if (command == NULL)
    return fail (error, "A command is missing");
  if (n < command->min_args)
    return fail (error, "An argument is missing: %s %s", command->name,
                 command->arguments);
  if (n > command->max_args)
    return fail (error, "“%s” is one argument too many for %s",
                 args->words[command->max_args], command->name);
  for (const ShoalctlOption *o = command->options; o != NULL && o->name != NULL; o++)
    if (o->is_needed && !shoalctl_arguments_has (args, o->name))
      return fail (error, "%s needs --%s %s", command->name, o->name, o->value_name);
  return TRUE;
}

ShoalctlArguments *
shoalctl_arguments_parse (const char *const *argv, GError **error)
{
  g_autoptr (ShoalctlArguments) args = g_new0 (ShoalctlArguments, 1);
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  gboolean is_literal = FALSE;
  guint n_skip = 0;

  args->values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                        (GDestroyNotify) g_ptr_array_unref);
  args->command = guess_command (argv, &n_skip);
  for (guint i = 0; argv[i] != NULL; i++)
    {
      if (!is_literal && strcmp (argv[i], "--") == 0)
        is_literal = TRUE;
      else if (!is_literal && argv[i][0] == '-' && argv[i][1] != '\0')
        {
          if (!take_option (args, args->command, argv, &i, error))
            return NULL;
        }
      else if (n_skip > 0)
        n_skip--;
      else
        g_ptr_array_add (words, g_strdup (argv[i]));
    }
  g_ptr_array_add (words, NULL);
  args->words = (GStrv) g_ptr_array_steal (words, NULL);
  if (!check_words (args, error))
    return NULL;
  return g_steal_pointer (&args);
}

void
shoalctl_arguments_free (ShoalctlArguments *args)
{
  g_strfreev (args->words);
  g_clear_pointer (&args->values, g_hash_table_unref);
  g_free (args);
}

const ShoalctlCommand *
shoalctl_arguments_get_command (const ShoalctlArguments *args)
{
  return args->command;
}

const char *const *
shoalctl_arguments_get_words (const ShoalctlArguments *args)
{
  return (const char *const *) args->words;
}

const char *const *
shoalctl_arguments_get_list (const ShoalctlArguments *args, const char *name)
{
  GPtrArray *list = g_hash_table_lookup (args->values, name);

  return list != NULL ? (const char *const *) list->pdata : NULL;
}

const char *
shoalctl_arguments_get (const ShoalctlArguments *args, const char *name)
{
  const char *const *list = shoalctl_arguments_get_list (args, name);

  return list != NULL ? list[0] : NULL;
}

gboolean
shoalctl_arguments_has (const ShoalctlArguments *args, const char *name)
{
  return shoalctl_arguments_get (args, name) != NULL;
}

guint64
shoalctl_arguments_get_number (const ShoalctlArguments *args,
                               const char *name,
                               guint64 fallback)
{
  const char *text = shoalctl_arguments_get (args, name);

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : fallback;
}

gboolean
shoalctl_arguments_wants_version (const ShoalctlArguments *args)
{
  return g_strcmp0 (shoalctl_arguments_get (args, "version"), "") == 0;
}
