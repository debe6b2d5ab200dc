"""Colours and type: the system's own fonts, one accent, and calm surfaces in light and dark."""

from gradio import themes

_SANS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif"]
_MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]

THEME = themes.Base(
    primary_hue=themes.colors.teal,
    secondary_hue=themes.colors.teal,
    neutral_hue=themes.colors.slate,
    radius_size=themes.sizes.radius_md,
    text_size=themes.sizes.text_md,
    font=_SANS,
    font_mono=_MONO,
).set(
    color_accent="*primary_700",
    body_background_fill="*neutral_50",
    body_background_fill_dark="*neutral_950",
    block_background_fill="white",
    block_background_fill_dark="*neutral_900",
    block_border_width="1px",
    block_radius="*radius_xl",
    input_radius="*radius_lg",
    block_shadow="none",
    block_shadow_dark="none",
    block_label_text_weight="500",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_dark="*primary_600",
    button_primary_background_fill_hover_dark="*primary_500",
    button_primary_text_color="white",
    button_primary_text_color_dark="white",
    button_secondary_background_fill="white",
    button_secondary_background_fill_dark="*neutral_800",
    button_secondary_border_color="*neutral_300",
    button_secondary_border_color_dark="*neutral_700",
    button_border_width="1px",
    button_large_text_size="*text_md",
    button_large_text_weight="500",
    button_medium_text_weight="500",
)
