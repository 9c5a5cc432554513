/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-client.h"

#define SHOAL_TYPE_WARNING_BAR (shoal_warning_bar_get_type ())
G_DECLARE_FINAL_TYPE (ShoalWarningBar, shoal_warning_bar, SHOAL, WARNING_BAR, AdwBin)

/*
 * A bar over the pages while the Master Server and the mesh disagree about an app: the
 * latest case, with a button for its details and one to dismiss it. Properties: client,
 * split-view (read-only, nullable: the case), n-more (read-only: how many others there
 * are).
 */
