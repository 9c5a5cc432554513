/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#include "model/shoal-release.h"

#define SHOAL_TYPE_RELEASE_VIEW (shoal_release_view_get_type ())
G_DECLARE_FINAL_TYPE (ShoalReleaseView, shoal_release_view, SHOAL, RELEASE_VIEW, AdwBin)

/*
 * What a person should see before an app is installed: who signed it, whether that
 * publisher is new, how large it is and where it was found. Property: release (nullable).
 */
