/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "config/shoald-config.h"

/* What the command line and the configuration file say together. */
typedef struct
{
  ShoaldConfig *config; /* (owned) */
  char *config_path;    /* (owned): where changes are saved */
  char *bus_name;       /* (owned) */
  gboolean is_version;  /* only the version is wanted */
} ShoaldOptions;

void shoald_options_free (ShoaldOptions *options);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShoaldOptions, shoald_options_free)

/**
 * shoald_options_parse:
 * @arguments: (inout): the command line; what was understood is removed
 * @error: %G_OPTION_ERROR for the command line, else as shoald_config_file_load() and
 *   %SHOALD_ERROR_CONFIG
 *
 * --help is printed, and the process ended, by GOption.
 *
 * Returns: (transfer full) (nullable): the options
 */
ShoaldOptions *
shoald_options_parse (char ***arguments, GError **error) G_GNUC_WARN_UNUSED_RESULT;
