/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "model/shoal-client.h"
#include "model/shoal-listing.h"

#define SHOAL_TYPE_SEARCH (shoal_search_get_type ())
G_DECLARE_FINAL_TYPE (ShoalSearch, shoal_search, SHOAL, SEARCH, GObject)

/*
 * A search for apps that can be begun again at any time: the new one cancels the old one,
 * whose answers are then ignored. Results come as they are found, and know what is
 * installed or being installed on this machine.
 *
 * Read-only properties: results (GListModel of #ShoalListing), state ("idle",
 * "searching": nothing found yet, "found", "none", "offline": nobody could be asked, or
 * "failed"), is-searching (results may still come), status-text (who was asked),
 * error-text, text (the words), category.
 */

/**
 * shoal_search_new:
 * @client: who is asked
 *
 * Returns: (transfer full): a search that has not begun
 */
ShoalSearch *shoal_search_new (ShoalClient *client) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoal_search_start:
 * @self: a search
 * @text: words; "": everything
 * @category: id of a category; "": any
 *
 * Begins to search.
 */
void shoal_search_start (ShoalSearch *self, const char *text, const char *category);

/**
 * shoal_search_stop:
 * @self: a search
 *
 * Cancels what is under way; what has been found stays.
 */
void shoal_search_stop (ShoalSearch *self);

const char *shoal_search_get_state (ShoalSearch *self);
GListModel *shoal_search_get_results (ShoalSearch *self); /* (transfer none) */
