/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-app.h"

#define SHOAL_TYPE_APP_DETAILS (shoal_app_details_get_type ())
G_DECLARE_FINAL_TYPE (ShoalAppDetails, shoal_app_details, SHOAL, APP_DETAILS, AdwBin)

/*
 * All about one app: versions, size, source, publisher, release notes, and what can be
 * done with it. Property: app (nullable). Its back button activates win.back.
 */
