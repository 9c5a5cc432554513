/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/* What commands there are, as tables: one for each group, in its file. */

typedef struct ShoalctlSession ShoalctlSession;

typedef enum
{
  SHOALCTL_OPTION_FLAG,   /* --name */
  SHOALCTL_OPTION_STRING, /* --name VALUE */
  SHOALCTL_OPTION_PATH,   /* the same; made absolute */
  SHOALCTL_OPTION_NUMBER, /* the same; a whole number that is not negative */
  SHOALCTL_OPTION_LIST,   /* --name VALUE, any number of times */
} ShoalctlOptionKind;

typedef struct
{
  const char *name; /* without dashes; %NULL ends a table */
  char letter;      /* for "-o"; 0: none */
  ShoalctlOptionKind kind;
  const char *value_name; /* (nullable): for help */
  const char *summary;
  gboolean is_needed;
} ShoalctlOption;

typedef struct
{
  const char *name;      /* one or two words; %NULL ends a table */
  const char *arguments; /* for help: "CID [PATH]"; "" for none */
  guint min_args;
  guint max_args; /* G_MAXUINT: any number */
  const char *summary;
  const ShoalctlOption *options; /* (nullable) */
  void (*run) (ShoalctlSession *session);
  gboolean is_local; /* runs without a daemon */
} ShoalctlCommand;

/* Options of every command. */
extern const ShoalctlOption shoalctl_command_global_options[];

extern const ShoalctlCommand shoalctl_apps_commands[];
extern const ShoalctlCommand shoalctl_content_commands[];
extern const ShoalctlCommand shoalctl_mesh_commands[];
extern const ShoalctlCommand shoalctl_network_commands[];
extern const ShoalctlCommand shoalctl_org_commands[];
extern const ShoalctlCommand shoalctl_publish_commands[];
extern const ShoalctlCommand shoalctl_search_commands[];
extern const ShoalctlCommand shoalctl_status_commands[];
extern const ShoalctlCommand shoalctl_store_commands[];
extern const ShoalctlCommand shoalctl_updates_commands[];

/**
 * shoalctl_command_find:
 * @words: (array zero-terminated=1): what follows the global options
 * @n_words: (out): how many of @words are the command's name
 *
 * Returns: (nullable): the command with the longest name that @words begins with
 */
const ShoalctlCommand *shoalctl_command_find (const char *const *words, guint *n_words);

/**
 * shoalctl_command_format_help:
 * @command: (nullable): %NULL for the list of commands
 *
 * Returns: (transfer full): the text of --help, ended by a newline
 */
char *
shoalctl_command_format_help (const ShoalctlCommand *command) G_GNUC_WARN_UNUSED_RESULT;
