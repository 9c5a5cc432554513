/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-search.h"

#define SHOAL_TYPE_DISCOVER_PAGE (shoal_discover_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalDiscoverPage,
                      shoal_discover_page,
                      SHOAL,
                      DISCOVER_PAGE,
                      AdwBin)

/*
 * The page to find apps: everything that is known until somebody types or chooses a
 * category. Searching begins when the page is first seen. Properties: client, search
 * (#ShoalSearch, read-only). Actions: discover.category (target: id, "" is all),
 * discover.retry. A result activates win.show-listing with the id of the app, its button
 * win.install-listing; a shoal: link that is entered the same.
 */

/**
 * shoal_discover_page_focus_search:
 * @self: the page
 *
 * Puts the cursor into the search entry.
 */
void shoal_discover_page_focus_search (ShoalDiscoverPage *self);

/**
 * shoal_discover_page_find:
 * @self: the page
 * @app_id: id of an app
 *
 * Returns: (transfer none) (nullable): the result with this id
 */
ShoalListing *shoal_discover_page_find (ShoalDiscoverPage *self, const char *app_id);
