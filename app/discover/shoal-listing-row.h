/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-listing.h"

#define SHOAL_TYPE_LISTING_ROW (shoal_listing_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalListingRow, shoal_listing_row, SHOAL, LISTING_ROW, AdwBin)

/* A result of a search in a list. Property: listing. */
