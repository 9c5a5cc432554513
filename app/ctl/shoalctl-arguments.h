/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>

#include "ctl/shoalctl-command.h"

/* A command line, read and checked. Options may stand anywhere; "--" ends them. */

typedef struct ShoalctlArguments ShoalctlArguments;

typedef enum
{
  SHOALCTL_USAGE_ERROR_WRONG, /* the command line cannot be understood: exit code 2 */
} ShoalctlUsageError;

#define SHOALCTL_USAGE_ERROR (shoalctl_arguments_error_quark ())
GQuark shoalctl_arguments_error_quark (void);

/**
 * shoalctl_arguments_parse:
 * @argv: (array zero-terminated=1): without the name of the program
 *
 * Returns: (transfer full): the arguments, or %NULL with %SHOALCTL_USAGE_ERROR
 */
ShoalctlArguments *shoalctl_arguments_parse (const char *const *argv,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void shoalctl_arguments_free (ShoalctlArguments *args);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoalctlArguments, shoalctl_arguments_free)

/**
 * shoalctl_arguments_get_command:
 *
 * Returns: (nullable): %NULL only with --help or --version
 */
const ShoalctlCommand *shoalctl_arguments_get_command (const ShoalctlArguments *args);

/**
 * shoalctl_arguments_get_words:
 *
 * Returns: (array zero-terminated=1): what follows the command's name, options left out
 */
const char *const *shoalctl_arguments_get_words (const ShoalctlArguments *args);

/**
 * shoalctl_arguments_get:
 * @name: of an option
 *
 * Returns: (nullable): its (last) value; "" for a flag that is set
 */
const char *shoalctl_arguments_get (const ShoalctlArguments *args, const char *name);

gboolean shoalctl_arguments_has (const ShoalctlArguments *args, const char *name);

/**
 * shoalctl_arguments_get_list:
 *
 * Returns: (nullable) (array zero-terminated=1): every value of a list option
 */
const char *const *
shoalctl_arguments_get_list (const ShoalctlArguments *args, const char *name);

/**
 * shoalctl_arguments_get_number:
 * @name: of a number option
 * @fallback: when it is not there
 */
guint64 shoalctl_arguments_get_number (const ShoalctlArguments *args,
                                       const char *name,
                                       guint64 fallback);

/**
 * shoalctl_arguments_wants_version:
 *
 * Returns: whether --version is the global flag, not the option of publish with a value
 */
gboolean shoalctl_arguments_wants_version (const ShoalctlArguments *args);
