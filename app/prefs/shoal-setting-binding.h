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
