/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-node.h"

/**
 * shoal_setting_binding_words:
 * @node: whose setting
 * @setting: name of a property that is one of @words
 * @row: shows it, an item for each word
 * @words: (array zero-terminated=1): a static list in the order of the items
 *
 * Binds a row to a setting, both ways, for as long as both live.
 */
void shoal_setting_binding_words (ShoalNode *node,
                                  const char *setting,
                                  AdwComboRow *row,
                                  const char *const *words);

/**
 * shoal_setting_binding_bytes:
 * @node: whose setting
 * @setting: name of a property in bytes, or bytes a second
 * @spin: shows it in a larger unit
 * @unit: (transfer none): how many bytes that is; static
 *
 * Binds a number to a setting, both ways, for as long as both live.
 */
void shoal_setting_binding_bytes (ShoalNode *node,
                                  const char *setting,
                                  GtkSpinButton *spin,
                                  const double *unit);
