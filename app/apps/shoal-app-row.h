/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-app.h"

#define SHOAL_TYPE_APP_ROW (shoal_app_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalAppRow, shoal_app_row, SHOAL, APP_ROW, AdwBin)

/* An installed app in a list. Property: app. */
