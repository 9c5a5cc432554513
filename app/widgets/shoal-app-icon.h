/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_APP_ICON (shoal_app_icon_get_type ())
G_DECLARE_FINAL_TYPE (ShoalAppIcon, shoal_app_icon, SHOAL, APP_ICON, AdwBin)

/*
 * The icon of an app from a file; without one the initials of its name in a colour of
 * their own, or a general icon. Properties: icon-path, app-name (strings, nullable),
 * pixel-size (int). It says nothing to a screen reader: the name stands beside it.
 */
