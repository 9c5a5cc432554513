/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-command.h"

#include <string.h>

#define SUMMARY_COLUMN 34

static const struct
{
  const char *title;
  const ShoalctlCommand *commands;
} groups[] = {
  { "The daemon", shoalctl_status_commands },
  { "Apps", shoalctl_apps_commands },
  { "Updates", shoalctl_updates_commands },
  { "Finding", shoalctl_search_commands },
  { "Publishing", shoalctl_publish_commands },
  { "Content", shoalctl_content_commands },
  { "The store", shoalctl_store_commands },
  { "The network", shoalctl_network_commands },
  { "The mesh", shoalctl_mesh_commands },
  { "Organisations", shoalctl_org_commands },
};

const ShoalctlOption shoalctl_command_global_options[] = {
  { "bus-name", 0, SHOALCTL_OPTION_STRING, "NAME",
    "Talk to the daemon with this name on the session bus" },
  { "json", 0, SHOALCTL_OPTION_FLAG, NULL, "Print JSON, errors too" },
  { "quiet", 'q', SHOALCTL_OPTION_FLAG, NULL, "Show no progress" },
  { "help", 'h', SHOALCTL_OPTION_FLAG, NULL, "Show help, also of one command" },
  { "version", 0, SHOALCTL_OPTION_FLAG, NULL, "Show the version" },
  { NULL },
};

/* How many leading words spell the name; 0: they don't. */
static guint
match (const ShoalctlCommand *command, const char *const *words)
{
  g_auto (GStrv) name = g_strsplit (command->name, " ", -1);
  guint i;

  for (i = 0; name[i] != NULL; i++)
    if (g_strcmp0 (words[i], name[i]) != 0)
      return 0;
  return i;
}

const ShoalctlCommand *
shoalctl_command_find (const char *const *words, guint *n_words)
{
  const ShoalctlCommand *found = NULL;

  *n_words = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    for (const ShoalctlCommand *command = groups[i].commands; command->name; command++)
      {
        guint n = match (command, words);

        if (n <= *n_words)
          continue;
        *n_words = n;
        found = command;
      }
  return found;
}

static void
append_row (GString *text, const char *left, const char *right)
{
  int pad = SUMMARY_COLUMN - 2 - (int) g_utf8_strlen (left, -1);

  g_string_append_printf (text, "  %s", left);
  if (pad < 1)
    g_string_append_printf (text, "\n%*s", SUMMARY_COLUMN, "");
  else
    g_string_append_printf (text, "%*s", pad, "");
  g_string_append_printf (text, "%s\n", right);
}

static gboolean
has_option (const ShoalctlCommand *command, const char *name)
{
  const ShoalctlOption *option = command != NULL ? command->options : NULL;

  while (option != NULL && option->name != NULL && strcmp (option->name, name) != 0)
    option++;
  return option != NULL && option->name != NULL;
}

/* An option of @command hides the one of every command with the same name. */
static void
append_options (GString *text,
                const char *title,
                const ShoalctlOption *options,
                const ShoalctlCommand *command)
{
  g_string_append_printf (text, "\n%s:\n", title);
  for (; options->name != NULL; options++)
    {
      g_autoptr (GString) left = g_string_new (NULL);

      if (has_option (command, options->name))
        continue;
      if (options->letter != 0)
        g_string_append_printf (left, "-%c, ", options->letter);
      g_string_append_printf (left, "--%s", options->name);
      if (options->value_name != NULL)
        g_string_append_printf (left, " %s", options->value_name);
      append_row (text, left->str, options->summary);
    }
}

static void
append_commands (GString *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (groups); i++)
    {
      g_string_append_printf (text, "\n%s:\n", groups[i].title);
      for (const ShoalctlCommand *command = groups[i].commands; command->name; command++)
        {
          g_autofree char *left
              = g_strstrip (g_strconcat (command->name, " ", command->arguments, NULL));

          append_row (text, left, command->summary);
        }
    }
}

char *
shoalctl_command_format_help (const ShoalctlCommand *command)
{
  g_autoptr (GString) text = g_string_new ("Usage: shoalctl [OPTION…] ");

  if (command == NULL)
    {
      g_string_append (text, "COMMAND [ARGUMENT…]\n");
      append_commands (text);
    }
  else
    {
      g_string_append (text, command->name);
      if (*command->arguments != '\0')
        g_string_append_printf (text, " %s", command->arguments);
      g_string_append_printf (text, "\n\n%s.\n", command->summary);
      if (command->options != NULL)
        append_options (text, "Options of this command", command->options, NULL);
    }
  append_options (text, "Options", shoalctl_command_global_options, command);
  return g_string_free (g_steal_pointer (&text), FALSE);
}
