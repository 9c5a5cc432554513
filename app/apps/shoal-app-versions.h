/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-app.h"

#define SHOAL_TYPE_APP_VERSIONS (shoal_app_versions_get_type ())
G_DECLARE_FINAL_TYPE (ShoalAppVersions,
                      shoal_app_versions,
                      SHOAL,
                      APP_VERSIONS,
                      AdwPreferencesGroup)

/*
 * The versions of an app: installed, previous with Roll Back, skipped with Offer Again,
 * and the switch that holds it. Property: app (nullable).
 */
