/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "terminal/shoalctl-json.h"

/* Text views of the JSON. Control characters of what others wrote (names, agents) are
 * replaced, so that no peer can move the cursor of a terminal. */

/**
 * shoalctl_table_format_record:
 * @object: made from @fields
 *
 * Returns: (transfer full): a line "Title:  value" for each field that has a title and a
 *   value
 */
char *
shoalctl_table_format_record (JsonObject *object,
                              const ShoalctlField *fields) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_table_format_list:
 * @array: objects made from @fields
 *
 * Returns: (transfer full): a line of titles, then one for each object, in columns
 */
char *shoalctl_table_format_list (JsonArray *array,
                                  const ShoalctlField *fields) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_table_format_line:
 * @object: made from @fields
 *
 * Returns: (transfer full): what a row of the list has, with tabs between and no newline
 */
char *shoalctl_table_format_line (JsonObject *object,
                                  const ShoalctlField *fields) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_table_clean:
 * @text: from anyone
 *
 * Returns: (transfer full): @text as valid UTF-8 on one line, without control characters
 */
char *shoalctl_table_clean (const char *text) G_GNUC_WARN_UNUSED_RESULT;
