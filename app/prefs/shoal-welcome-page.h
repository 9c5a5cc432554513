/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <adwaita.h>

#define SHOAL_TYPE_WELCOME_PAGE (shoal_welcome_page_get_type ())
G_DECLARE_FINAL_TYPE (ShoalWelcomePage, shoal_welcome_page, SHOAL, WELCOME_PAGE, AdwBin)

/*
 * The page of the first run: says in two sentences what sharing is, and asks. Its buttons
 * activate win.set-sharing with "on" or "download-only".
 */
