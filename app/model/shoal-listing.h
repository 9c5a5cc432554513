/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "proxy/shoal-dict-object.h"
#include "model/shoal-app.h"
#include "model/shoal-job.h"

#define SHOAL_TYPE_LISTING (shoal_listing_get_type ())
G_DECLARE_FINAL_TYPE (ShoalListing, shoal_listing, SHOAL, LISTING, ShoalDictObject)

/* Results that are kept of one search. */
#define SHOAL_LISTING_MAX 200

/*
 * A result of a search: an app that somebody offers.
 *
 * Read-only properties. Texts for people: name, summary, version, size-text,
 * publisher-text (its name, or the short fingerprint), fingerprint, short-fingerprint,
 * trust-title, trust-text, sources-text (in one line), sources-details (one a line),
 * categories-text, state-text (of an install, or of what is installed), speech-text (all
 * of a row, for screen readers). Plain: app-id, link, split-view-id, is-verified,
 * is-installed, is-installing, can-install, has-fingerprint, has-link, has-size,
 * has-split-view, has-state, has-summary, has-categories, has-publisher-name, app
 * (#ShoalApp, nullable), job
 * (#ShoalJob that installs it, nullable), target (what to install, for actions),
 * id-target (the id).
 */

/**
 * shoal_listing_get_app_id:
 * @self: a listing
 *
 * Returns: the id of the app
 */
const char *shoal_listing_get_app_id (ShoalListing *self);

/**
 * shoal_listing_set_state:
 * @self: a listing
 * @app: (nullable): the app on this machine
 * @job: (nullable): the transfer that installs it
 */
void shoal_listing_set_state (ShoalListing *self, ShoalApp *app, ShoalJob *job);

/**
 * shoal_listing_update_list:
 * @list: a GListStore of #ShoalListing
 * @results: (nullable): results of Search(), or the Items of StartSearch()
 */
void shoal_listing_update_list (GListStore *list, GVariant *results);
