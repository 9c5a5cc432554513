/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-listing.h"

#define SHOAL_TYPE_LISTING_DETAILS (shoal_listing_details_get_type ())
G_DECLARE_FINAL_TYPE (ShoalListingDetails,
                      shoal_listing_details,
                      SHOAL,
                      LISTING_DETAILS,
                      AdwBin)

/*
 * All about one result of a search, and how to install it, in this or another version.
 * Property: listing (nullable). Its back button activates win.back.
 */
