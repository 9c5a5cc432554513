/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-category.h"

#define SHOAL_TYPE_CATEGORY_TILE (shoal_category_tile_get_type ())
G_DECLARE_FINAL_TYPE (ShoalCategoryTile,
                      shoal_category_tile,
                      SHOAL,
                      CATEGORY_TILE,
                      AdwBin)

/* A category as a button with the number of its apps; it activates discover.category with
 * the id. Property: category. */
