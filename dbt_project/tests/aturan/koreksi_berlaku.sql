{{ config(severity="warn") }}
