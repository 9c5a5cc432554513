/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-update.h"

#define SHOAL_TYPE_UPDATE_ROW (shoal_update_row_get_type ())
G_DECLARE_FINAL_TYPE (ShoalUpdateRow, shoal_update_row, SHOAL, UPDATE_ROW, AdwBin)

/* An update, or a first install, in a list. Property: update. */
