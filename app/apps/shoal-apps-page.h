/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_APPS_PAGE (shoal_apps_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalAppsPage, shoal_apps_page, SHOAL, APPS_PAGE, AdwBin)

/* The page of apps and updates. Property: client. */
