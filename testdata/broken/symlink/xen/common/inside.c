int inside(void)
{
    return 0;
}
