/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-dict-object.h"

#define SHOAL_TYPE_CATEGORY (shoal_category_get_type ())
G_DECLARE_FINAL_TYPE (ShoalCategory, shoal_category, SHOAL, CATEGORY, ShoalDictObject)

/*
 * A category of apps. Read-only properties: id, title (for people), count (uint),
 * count-text, icon-name, speech-text (all of it, for screen readers), target (the id, for
 * actions).
 */

/**
 * shoal_category_get_id:
 * @self: a category
 *
 * Returns: its id, as in a manifest
 */
const char *shoal_category_get_id (ShoalCategory *self);

/**
 * shoal_category_dup_title:
 * @id: id of a category
 *
 * Returns: (transfer full): its name for people; the id with a capital for one that has
 *   no translation
 */
char *shoal_category_dup_title (const char *id) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_category_update_list:
 * @list: a GListStore of #ShoalCategory
 * @categories: (nullable): the property Categories of the Manager
 */
void shoal_category_update_list (GListStore *list, GVariant *categories);
